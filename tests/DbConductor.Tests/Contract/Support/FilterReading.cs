using System.Globalization;
using System.Numerics;
using System.Text;

namespace DbConductor.Tests.Contract;

/// <summary>A filter's meaning, said once more in the plainest way, to compare databases with. Text is compared exactly unless told otherwise.</summary>
internal static class FilterReading
{
    // numbers as fourths, so that all of them are whole
    private const int Parts = 4;
    private static readonly BigInteger Beyond = BigInteger.Pow(10, 400);

    public static bool Holds(Filter filter, object?[] row) => filter switch
    {
        AndFilter and => and.Parts.All(p => Holds(p, row)),
        OrFilter or => or.Parts.Any(p => Holds(p, row)),
        NotFilter not => !Holds(not.Part, row),
        ConstantFilter constant => constant.Value,
        NullFilter isNull => (Cell(isNull.Column, row) is null) != isNull.Negated,
        InFilter list => list.Values.Any(v => v is null ? Cell(list.Column, row) is null : Equal(Cell(list.Column, row), v, list.Match)) != list.Negated,
        LikeFilter like => (Cell(like.Column, row) is string text && Like(text, like.Pattern.Text, like.Match)) != like.Negated,
        CompareFilter { Op: CompareOp.Equal } equal => Equal(Cell(equal.Column, row), equal.Value, equal.Match),
        CompareFilter { Op: CompareOp.NotEqual } other => !Equal(Cell(other.Column, row), other.Value, other.Match),
        CompareFilter compare => Order(Cell(compare.Column, row), compare.Value) is { } order && compare.Op switch
        {
            CompareOp.Less => order < 0,
            CompareOp.LessOrEqual => order <= 0,
            CompareOp.Greater => order > 0,
            _ => order >= 0,
        },
        _ => throw new NotSupportedException(),
    };

    public static string Describe(Filter filter) => filter switch
    {
        AndFilter and => $"({string.Join(" and ", and.Parts.Select(Describe))})",
        OrFilter or => $"({string.Join(" or ", or.Parts.Select(Describe))})",
        NotFilter not => $"not {Describe(not.Part)}",
        InFilter list => $"{list.Column} {(list.Negated ? "not " : "")}in {list.Match} [{string.Join(", ", list.Values.Select(Describe))}]",
        LikeFilter like => $"{like.Column} {(like.Negated ? "not " : "")}like {like.Match} {Describe(like.Pattern.Text)}",
        CompareFilter compare => $"{compare.Column} {compare.Op} {compare.Match} {Describe(compare.Value)}",
        _ => filter.ToString()!,
    };

    private static string Describe(object? value) => string.Create(CultureInfo.InvariantCulture, $"{value?.GetType().Name}:\u00ab{value}\u00bb");

    private static object? Cell(string column, object?[] row) => row[Array.FindIndex(RandomFilters.Columns, c => c.StartsWith(column + " ", StringComparison.Ordinal))];

    private static bool Equal(object? cell, object value, TextMatch match) => cell is string text
        ? (match == TextMatch.IgnoreCase ? Upper(text) == Upper((string)value) : text == (string)value)
        : cell is double.NaN or float.NaN ? value is double.NaN or float.NaN
        : Order(cell, value) == 0;

    /// <summary>Null where neither is above the other.</summary>
    private static int? Order(object? cell, object value) => cell switch
    {
        null => null,
        string text => Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)value)),
        bool flag => flag.CompareTo(value is bool b ? b : value is string ? true : Convert.ToInt32(value, CultureInfo.InvariantCulture) == 1),
        DateOnly or DateTime => Time(cell).CompareTo(Time(value)),
        _ => Number(cell) is { } left && Number(value) is { } right ? left.CompareTo(right) : null,
    };

    private static long Time(object value) => value switch
    {
        DateOnly date => date.ToDateTime(default).Ticks,
        DateTime time => time.Ticks,
        _ => DateTime.Parse((string)value, CultureInfo.InvariantCulture).Ticks,
    };

    private static BigInteger? Number(object value) => value switch
    {
        double.NaN or float.NaN => null,
        float x => Number((double)x),
        double x when double.IsInfinity(x) => Beyond * Math.Sign(x),
        double x when Math.Abs(x) > 1e17 => new BigInteger(x) * Parts,
        double x => new BigInteger(x * Parts),
        decimal x when Math.Abs(x) > 1e17m => (BigInteger)x * Parts,
        decimal x => (BigInteger)(x * Parts),
        string x when BigInteger.TryParse(x, CultureInfo.InvariantCulture, out BigInteger whole) => whole * Parts,
        string x => Number(decimal.Parse(x, CultureInfo.InvariantCulture)),
        BigInteger x => x * Parts,
        _ => BigInteger.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture) * Parts,
    };

    private static string Upper(string text) => text.ToUpperInvariant();

    /// <summary>Matches by trying everything, straight from the pattern's text.</summary>
    private static bool Like(string text, string pattern, TextMatch match)
    {
        List<Rune> runes = [.. text.EnumerateRunes()];
        return From(0, [.. pattern.EnumerateRunes()]);

        bool From(int at, List<Rune> rest)
        {
            if (rest.Count == 0)
            {
                return at == runes.Count;
            }

            if (rest[0].Value == '*')
            {
                return Enumerable.Range(at, runes.Count - at + 1).Any(next => From(next, rest[1..]));
            }

            if (at == runes.Count)
            {
                return false;
            }

            switch (rest[0].Value)
            {
                case '?':
                    return From(at + 1, rest[1..]);
                case '`':
                    return Same(rest[1], rest[1], runes[at]) && From(at + 1, rest[2..]);
                case '[':
                    bool found = false;
                    int i = 1;
                    while (rest[i].Value != ']' || i == 1)
                    {
                        Rune first = Next(rest, ref i);
                        Rune last = first;
                        if (rest[i].Value == '-' && (rest[i + 1].Value != ']'))
                        {
                            i++;
                            last = Next(rest, ref i);
                        }

                        found |= Same(first, last, runes[at]);
                    }

                    return found && From(at + 1, rest[(i + 1)..]);
                default:
                    return Same(rest[0], rest[0], runes[at]) && From(at + 1, rest[1..]);
            }
        }

        bool Same(Rune first, Rune last, Rune character) => (match == TextMatch.IgnoreCase
            ? new[] { character, Rune.ToUpperInvariant(character), Rune.ToLowerInvariant(character) }
            : [character]).Any(c => first <= c && c <= last);
    }

    private static Rune Next(List<Rune> set, ref int at)
    {
        at += set[at].Value == '`' ? 1 : 0;
        return set[at++];
    }
}
