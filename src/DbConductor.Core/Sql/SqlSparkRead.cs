using System.Text;
using DbConductor.Spark;

namespace DbConductor.Sql;

/// <summary>The query by which Spark reads a table: each column in a form in which no value changes on its way, and every value of the filter a literal.</summary>
internal static class SqlSparkRead
{
    internal static SparkRead Make(SqlDialect dialect, SparkConnection connection, TableSchema schema, BatchQuery query, SqlSparkPartitions? partitions)
    {
        if (query is not { Skip: 0, First: null, OrderBy.Count: 0 })
        {
            return SparkRead.No("it is more than a filtered table");
        }

        List<(Column Source, Column Column)> picks = SqlSelect.Picks(schema, query);
        List<SparkReadColumn> columns = [];
        StringBuilder sql = new("SELECT ");
        foreach ((Column source, Column column) in picks)
        {
            if (dialect.SparkColumn(source) is not { } expression)
            {
                return SparkRead.No($"its column '{source.Name}' ({source.NativeType}) has values that come unchanged through its session alone");
            }

            sql.Append(columns.Count > 0 ? ", " : "").Append(expression.Sql).Append(" AS ").Append(dialect.Quote(System.FormattableString.Invariant($"c{columns.Count}")));
            columns.Add(new(column, expression.IsText));
        }

        if (partitions is not null)
        {
            sql.Append(", ").Append(partitions.Select);
        }

        sql.Append(" FROM ").Append(dialect.Quote(query.Table));
        try
        {
            SqlSelect.Where(sql, dialect, schema, $"Table '{query.Table}'", query.Where, new SqlParameters(dialect.Literal));
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.NotSupported)
        {
            return SparkRead.No("its filter has a value that cannot stand in a query's text");
        }

        return columns.Count == 0 ? SparkRead.No("it has no columns") : new()
        {
            Connection = connection,
            Columns = columns,
            Options = new Dictionary<string, string> { [SqlSparkConnector.Query] = $"({sql}) dbconductor_side", ["pushDownPredicate"] = "false" },
            SplitAsync = partitions is null ? null : partitions.SplitAsync,
        };
    }
}
