using System.Globalization;
using System.Numerics;
using System.Text;

namespace DbConductor.Tests.Contract;

/// <summary>Rows and filters from few values, close to each other, so that filters often hit.</summary>
internal sealed class RandomFilters(int seed, TimeSpan resolution)
{
    public static readonly string[] Columns =
        ["id int", "n int", "big long", "price decimal(10,2)", "r double", "f float", "d date", "t datetime", "s string", "flag bool"];

    // what wildcards, LIKE, GLOB and regular expressions each take for something, a character beyond U+FFFF, and letters with case
    private const string Letters = "aAbB\u00e9\u00c9%_[]^-*?`\\|'.$\n";
    private static readonly string[] Characters = [.. Letters.Select(c => c.ToString()), "\U0001F642"];

    // fractions that are exact in every type
    private static readonly double[] Numbers = [-2, -1.5, -1, -0.25, 0, 0.25, 0.5, 1, 1.5, 2, 3];
    private readonly Random _random = new(seed);

    /// <summary>Whether text is to be compared as the column does, too.</summary>
    public bool OwnMatchIsExact { get; set; }

    public object?[] Row(int id, bool nan, bool infinite) =>
    [
        id,
        Nullable(() => Pick<object>(-1, 0, 1, 2, int.MinValue, int.MaxValue)),
        Nullable(() => Pick<object>(-1L, 0L, 1L, 1L << 31, long.MinValue, long.MaxValue, 9007199254740993L)),
        Nullable(() => (decimal)Pick(Numbers)),
        Nullable(() => Pick(9, 1, 1) switch { 1 when nan => double.NaN, 2 when infinite => Pick(double.NegativeInfinity, double.PositiveInfinity), _ => Pick([.. Numbers, 9007199254740992d]) }),
        Nullable(() => Pick(9, 1, 1) switch { 1 when nan => float.NaN, 2 when infinite => Pick(float.NegativeInfinity, float.PositiveInfinity), _ => (float)Pick([.. Numbers, 16777216d, float.MaxValue]) }),
        Nullable(() => new DateOnly(2013, 1, 1 + _random.Next(3))),
        Nullable(() => new DateTime(2013, 1, 1).AddTicks(_random.Next(3) * resolution.Ticks)),
        Nullable(Text),
        Nullable(() => (object)(_random.Next(2) == 0)),
    ];

    public Filter Filter(int depth) => (depth == 0 ? 9 : _random.Next(10)) switch
    {
        0 or 1 or 2 => new AndFilter(Several(depth)),
        3 or 4 or 5 => new OrFilter(Several(depth)),
        6 or 7 => new NotFilter(Filter(depth - 1)),
        _ => Leaf(),
    };

    private List<Filter> Several(int depth) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Filter(depth - 1))];

    private Filter Leaf()
    {
        string column = Columns[_random.Next(1, Columns.Length)].Split(' ')[0];
        TextMatch match = column != "s" ? TextMatch.Column
            : OwnMatchIsExact ? Pick(TextMatch.Column, TextMatch.Exact, TextMatch.IgnoreCase)
            : Pick(TextMatch.Exact, TextMatch.IgnoreCase);
        return _random.Next(20) switch
        {
            0 => new ConstantFilter(_random.Next(2) == 0),
            1 or 2 => new NullFilter(column, _random.Next(2) == 0),
            < 7 => new InFilter(column, [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Nullable(() => Value(column)))], _random.Next(2) == 0, match),
            _ when column == "s" && _random.Next(2) == 0 => new LikeFilter(column, new(Pattern()), _random.Next(2) == 0, match),

            // where letters of no case stand between the capitals and the small letters, order without case is the database's matter
            _ => new CompareFilter(column, match == TextMatch.IgnoreCase ? Pick(CompareOp.Equal, CompareOp.NotEqual) : Pick(Enum.GetValues<CompareOp>()), Value(column), match),
        };
    }

    private object Value(string column) => column switch
    {
        "s" => Text(),
        "flag" => Pick<object>(true, false, 1, 0L, "true"),
        "d" => Pick<object>(
            new DateOnly(2013, 1, 1 + _random.Next(3)), new DateTime(2013, 1, 2), new DateTime(2013, 1, 2, 12, 0, 0), "2013-01-02", "2013-01-01T23:59:59"),
        "t" => Pick<object>(new DateTime(2013, 1, 1).AddTicks(_random.Next(30) * resolution.Ticks / 10), "2013-01-01T00:00:00.000001", new DateOnly(2013, 1, 1)),
        _ => Number(),
    };

    private object Number()
    {
        double number = Pick(Numbers);
        return _random.Next(8) switch
        {
            0 => number,
            1 => (float)number,
            2 => (decimal)number,
            3 => number.ToString(CultureInfo.InvariantCulture),
            4 when Math.Floor(number) == number => (int)number,
            5 => Pick<object>(double.NaN, double.PositiveInfinity, float.NegativeInfinity, 1e300, -1e300),
            6 => Pick<object>(int.MaxValue, (long)int.MaxValue + 1, (long)int.MinValue - 1, long.MaxValue, ulong.MaxValue, 9007199254740993L, 16777217, BigInteger.Pow(10, 40)),
            _ => Pick<object>("99999999999999999999", decimal.MaxValue, decimal.MinValue, 0.25m, true.ToString().Length),
        };
    }

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => Pick(Characters)));

    private string Pattern()
    {
        StringBuilder pattern = new();
        for (int i = _random.Next(5); i > 0; i--)
        {
            _ = _random.Next(6) switch
            {
                0 or 1 => pattern.Append('*'),
                2 => pattern.Append('?'),
                3 => pattern.Append('[').Append(Set()).Append(']'),
                _ => pattern.Append(Escaped(Pick(Characters))),
            };
        }

        return pattern.ToString();
    }

    private string Set() => string.Concat(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ =>
    {
        string[] ends = [Pick(Characters), Pick(Characters)];
        Array.Sort(ends, (x, y) => x.EnumerateRunes().First().CompareTo(y.EnumerateRunes().First()));
        return _random.Next(2) == 0 ? Escaped(ends[0]) : $"{Escaped(ends[0])}-{Escaped(ends[1])}";
    }));

    // a '-' that is to be plain needs a backtick inside a set
    private static string Escaped(string character) => "*?[]`-".Contains(character, StringComparison.Ordinal) ? "`" + character : character;

    private object? Nullable(Func<object> value) => _random.Next(5) == 0 ? null : value();

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>An index, each as often as its weight says.</summary>
    private int Pick(params int[] weights)
    {
        int at = _random.Next(weights.Sum());
        return Array.FindIndex(weights, weight => (at -= weight) < 0);
    }
}
