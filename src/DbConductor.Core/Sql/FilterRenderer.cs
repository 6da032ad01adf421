using System.Numerics;

namespace DbConductor.Sql;

/// <summary>
/// Renders a filter as a condition that is two-valued: SQL's "unknown" never leaves a leaf, so that its negation is exact.
/// </summary>
public static class FilterRenderer
{
    private const string True = "1 = 1";
    private const string False = "1 = 0";

    // SQLite takes expressions 1,000 levels deep (https://www.sqlite.org/limits.html, item 5)
    private const int LongestChain = 50;

    private static readonly BigInteger s_beyond = BigInteger.Pow(10, 400);

    /// <summary>Renders a filter. Each value is converted to its column's type and bound.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="owner">What has these columns, for errors.</param>
    /// <param name="dialect">The database's words.</param>
    /// <param name="parameters">Where values are bound.</param>
    /// <exception cref="DbConductorException">A column that is not there, or a value that cannot be of its column's type.</exception>
    public static string Render(Filter filter, IReadOnlyList<Column> columns, string owner, SqlDialect dialect, SqlParameters parameters) =>
        new Rendering(columns, owner, dialect, parameters).Render(filter, negated: false);

    private sealed class Rendering(IReadOnlyList<Column> columns, string owner, SqlDialect dialect, SqlParameters parameters)
    {
        // negation goes down to the leaves: there the nulls are known
        public string Render(Filter filter, bool negated) => filter switch
        {
            NotFilter not => Render(not.Part, !negated),
            AndFilter and => Chain(and.Parts, negated, negated ? " OR " : " AND "),
            OrFilter or => Chain(or.Parts, negated, negated ? " AND " : " OR "),
            ConstantFilter constant => constant.Value != negated ? True : False,
            NullFilter isNull => $"{Quoted(Find(isNull.Column))} IS {(isNull.Negated != negated ? "NOT NULL" : "NULL")}",
            CompareFilter compare => Compare(compare, Find(compare.Column), negated),
            InFilter list => In(list, Find(list.Column), list.Negated != negated),
            LikeFilter like => Like(like, Find(like.Column), like.Negated != negated),
            _ => throw new DbConductorException(DbErrorKind.NotSupported, $"{filter.GetType().Name} cannot be said in SQL."),
        };

        private string Chain(IReadOnlyList<Filter> parts, bool negated, string word)
        {
            // every part is looked at, so that a column that is not there is refused wherever it stands
            List<string> rendered = [.. parts.Select(p => Render(p, negated))];
            return rendered.Count == 0 ? (word == " AND " ? True : False) : Join(rendered, word);
        }

        private string Compare(CompareFilter compare, Column column, bool negated)
        {
            if (compare.Op == CompareOp.NotEqual)
            {
                return Compare(compare with { Op = CompareOp.Equal }, column, !negated);
            }

            if (FittedComparison.StandsForNull(compare.Value, column))
            {
                return compare.Op == CompareOp.Equal ? Render(new NullFilter(column.Name, negated), false) : negated ? True : False;
            }

            FittedComparison fitted = FittedComparison.Fit(column, compare.Op, Finite(compare.Value), dialect.TimeResolution);
            if (fitted.Value is not { } value || (IsNaN(value) && !dialect.HasNaN))
            {
                return negated ? True : False;
            }

            string op = fitted.Op switch
            {
                CompareOp.Equal => "=",
                CompareOp.Less => "<",
                CompareOp.LessOrEqual => "<=",
                CompareOp.Greater => ">",
                _ => ">=",
            };
            string quoted = Quoted(column);
            TextMatch match = fitted.Op == CompareOp.Equal ? MatchOfEquality(compare.Match, column) : compare.Match;
            string condition = $"{Side(quoted, column, match, false)} {op} {Side(parameters.Add(value, column), column, match, true)}";

            // NaN is not above anything, though databases order it so
            bool takesNaN = dialect.HasNaN && op[0] == '>' && column.Type.Kind is PortableKind.Single or PortableKind.Double or PortableKind.Decimal;
            return Leaf(takesNaN ? $"({condition} AND {quoted} <> 'NaN')" : condition, column, negated);
        }

        private string In(InFilter list, Column column, bool negated)
        {
            List<object> values = [];
            bool hasNull = false;
            foreach (object? item in list.Values)
            {
                if (item is null || FittedComparison.StandsForNull(item, column))
                {
                    hasNull = true;
                }
                else if (FittedComparison.Fit(column, CompareOp.Equal, Finite(item), dialect.TimeResolution).Value is { } value && (dialect.HasNaN || !IsNaN(value)))
                {
                    values.Add(value);
                }
            }

            string quoted = Quoted(column);
            if (values.Count == 0)
            {
                return hasNull ? $"{quoted} IS {(negated ? "NOT NULL" : "NULL")}" : negated ? True : False;
            }

            TextMatch match = MatchOfEquality(list.Match, column);
            string found = dialect.InList(Side(quoted, column, match, false), column, values, marker => Side(marker, column, match, true), parameters);
            return (negated, hasNull) switch
            {
                (false, false) => found,
                (false, true) => $"({found} OR {quoted} IS NULL)",
                (true, false) => $"(NOT {found} OR {quoted} IS NULL)",
                _ => $"(NOT {found} AND {quoted} IS NOT NULL)",
            };
        }

        private string Like(LikeFilter like, Column column, bool negated) =>
            Leaf(dialect.Like(Quoted(column), column, like.Pattern, like.Match, parameters), column, negated);

        private string Leaf(string condition, Column column, bool negated) => negated ? $"(NOT ({condition}) OR {Quoted(column)} IS NULL)" : condition;

        private string Side(string operand, Column column, TextMatch match, bool isValue) =>
            match == TextMatch.Column || column.Type.Kind != PortableKind.String ? operand : dialect.TextOperand(operand, match, isValue);

        private TextMatch MatchOfEquality(TextMatch match, Column column) =>
            match == TextMatch.Exact && dialect.IsExact(column) ? TextMatch.Column : match;

        // where there is no infinity, what lies beyond every number compares as it would
        private object Finite(object value) => !dialect.HasInfinity && (value is double.PositiveInfinity or float.PositiveInfinity) ? s_beyond
            : !dialect.HasInfinity && (value is double.NegativeInfinity or float.NegativeInfinity) ? -s_beyond
            : value;

        private Column Find(string name) => columns[ColumnNames.Require(columns, name, owner)];

        private string Quoted(Column column) => dialect.Quote(column.Name);
    }

    /// <summary>Joins conditions by halves: databases bound an expression's depth, and a chain is one level deeper with each of its parts.</summary>
    private static string Join(List<string> parts, string word) => parts.Count <= LongestChain
        ? $"({string.Join(word, parts)})"
        : $"({Join(parts[..(parts.Count / 2)], word)}{word}{Join(parts[(parts.Count / 2)..], word)})";

    private static bool IsNaN(object value) => value is double.NaN or float.NaN;
}
