#pragma warning disable CS1591
namespace DbConductor.Sql;
public static class FilterRenderer
{
    public static string Render(Filter filter, IReadOnlyList<Column> columns, string owner, SqlDialect dialect, SqlParameters parameters)
    {
        switch (filter)
        {
            case CompareFilter c:
                Column column = columns[ColumnNames.Require(columns, c.Column, owner)];
                string op = c.Op switch { CompareOp.Equal => "=", CompareOp.NotEqual => "<>", CompareOp.Less => "<", CompareOp.LessOrEqual => "<=", CompareOp.Greater => ">", _ => ">=" };
                return $"{dialect.Quote(column.Name)} {op} {parameters.Add(ValueConversion.Convert(c.Value, column), column)}";
            case NullFilter n: return $"{dialect.Quote(n.Column)} IS {(n.Negated ? "NOT " : "")}NULL";
            case AndFilter a: return a.Parts.Count == 0 ? "1=1" : "(" + string.Join(" AND ", a.Parts.Select(p => Render(p, columns, owner, dialect, parameters))) + ")";
            default: throw new NotSupportedException();
        }
    }
}
