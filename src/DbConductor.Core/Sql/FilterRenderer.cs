using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Renders a filter as a condition that is two-valued: SQL's "unknown" never leaves a leaf, so that its negation is exact.
/// </summary>
public static class FilterRenderer
{
    private const string True = "1 = 1";
    private const string False = "1 = 0";

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
            AndFilter and => Join(and.Parts, negated, negated ? " OR " : " AND "),
            OrFilter or => Join(or.Parts, negated, negated ? " AND " : " OR "),
            ConstantFilter constant => constant.Value != negated ? True : False,
            NullFilter isNull => $"{Quoted(Find(isNull.Column))} IS {(isNull.Negated != negated ? "NOT NULL" : "NULL")}",
            CompareFilter compare => Compare(compare, Find(compare.Column), negated),
            InFilter list => In(list, Find(list.Column), list.Negated != negated),
            LikeFilter like => Like(like, Find(like.Column), like.Negated != negated),
            _ => throw new DbConductorException(DbErrorKind.NotSupported, $"{filter.GetType().Name} cannot be said in SQL."),
        };

        private string Join(IReadOnlyList<Filter> parts, bool negated, string word)
        {
            // every part is looked at, so that a column that is not there is refused wherever it stands
            List<string> rendered = [.. parts.Select(p => Render(p, negated))];
            return rendered.Count == 0 ? (word == " AND " ? True : False) : $"({string.Join(word, rendered)})";
        }

        private string Compare(CompareFilter compare, Column column, bool negated)
        {
            if (compare.Op == CompareOp.NotEqual)
            {
                return Compare(compare with { Op = CompareOp.Equal }, column, !negated);
            }

            FilterValue value = FilterValue.For(compare.Value, column);
            if (value.Value is null)
            {
                // the empty text is null in a column that is not text
                return compare.Op == CompareOp.Equal ? Render(new NullFilter(column.Name, negated), false) : negated ? True : False;
            }

            if (!value.CanEqual && compare.Op == CompareOp.Equal)
            {
                return negated ? True : False;
            }

            string op = compare.Op switch
            {
                CompareOp.Equal => "=",
                CompareOp.Less => "<",
                CompareOp.LessOrEqual => "<=",
                CompareOp.Greater => ">",
                _ => ">=",
            };
            string marker = parameters.Add(value.Value, column);
            return Leaf($"{Side(Quoted(column), column, compare.Match, false)} {op} {Side(marker, column, compare.Match, true)}", column, negated);
        }

        private string In(InFilter list, Column column, bool negated)
        {
            List<object> values = [];
            bool hasNull = false;
            foreach (object? item in list.Values)
            {
                FilterValue value = item is null ? default : FilterValue.For(item, column);
                hasNull |= value.Value is null;
                if (value.Value is not null && value.CanEqual)
                {
                    values.Add(value.Value);
                }
            }

            string quoted = Quoted(column);
            if (values.Count == 0)
            {
                return hasNull ? $"{quoted} IS {(negated ? "NOT NULL" : "NULL")}" : negated ? True : False;
            }

            string found = dialect.InList(
                Side(quoted, column, list.Match, false), column, values, marker => Side(marker, column, list.Match, true), parameters);
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

        private Column Find(string name) => columns[ColumnNames.Require(columns, name, owner)];

        private string Quoted(Column column) => dialect.Quote(column.Name);
    }

    /// <summary>A filter's constant as it is bound.</summary>
    /// <param name="Value">The value, of the column's type where it fits; null where its text means null.</param>
    /// <param name="CanEqual">Whether any value of the column can equal it: no whole number equals 1.5.</param>
    private readonly record struct FilterValue(object? Value, bool CanEqual)
    {
        public static FilterValue For(object value, Column column)
        {
            // lengths and digits limit what is stored, not what it can be compared with
            PortableType type = new(column.Type.Kind);
            if (ValueConversion.TryConvert(value, type, out object? converted, out ConversionProblem? problem))
            {
                return new(converted, true);
            }

            return column.Type.IsNumeric && PortableType.FromClr(value.GetType()).IsNumeric ? Number(value, type) : throw problem!.ToException(column.Name, null);
        }

        // a number that no value of the column's type equals still has its place in their order
        private static FilterValue Number(object value, PortableType type)
        {
            if (type.Kind is PortableKind.Single or PortableKind.Double)
            {
                return new(value, true);
            }

            if (value is not (double or float))
            {
                return new(value, false);
            }

            // 0.1 in a script is a double, and means the decimal 0.1
            double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            string text = value is float single ? single.ToString("R", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) && !double.IsNaN(number)
                ? ValueConversion.TryConvert(exact, type, out object? converted, out _) ? new(converted, true) : new(exact, false)
                : new(value, false);
        }
    }
}
