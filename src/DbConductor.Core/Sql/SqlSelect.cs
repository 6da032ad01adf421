using System.Text;

namespace DbConductor.Sql;

/// <summary>The statements that read a table.</summary>
internal static class SqlSelect
{
    public static SqlStatement Rows(SqlDialect dialect, TableSchema schema, BatchQuery query)
    {
        string owner = $"Table '{query.Table}'";
        SqlParameters parameters = new();
        List<(Column Source, Column Column)> picks = Picks(schema, query);
        StringBuilder sql = new("SELECT ");
        sql.AppendJoin(", ", picks.Select(p => dialect.SelectColumn(p.Source)).DefaultIfEmpty("NULL"));
        sql.Append(" FROM ").Append(dialect.Quote(query.Table));
        Where(sql, dialect, schema, owner, query.Where, parameters);
        for (int i = 0; i < query.OrderBy.Count; i++)
        {
            SortKey key = query.OrderBy[i];
            sql.Append(i == 0 ? " ORDER BY " : ", ")
                .Append(dialect.OrderBy(schema.Columns[ColumnNames.Require(schema.Columns, key.Column, owner)], key.Descending));
        }

        sql.Append(dialect.Limit(query.First, query.Skip));
        return new(sql.ToString()) { Parameters = parameters, Columns = [.. picks.Select(p => p.Column)], Timeout = query.Timeout };
    }

    /// <summary>The columns that a query reads: as the table has them, and as they come out.</summary>
    public static List<(Column Source, Column Column)> Picks(TableSchema schema, BatchQuery query)
    {
        List<(Column Source, Column Column)> picks = [];
        foreach (ColumnPick pick in query.Columns.Count > 0 ? query.Columns : schema.Columns.Select(c => new ColumnPick(c.Name, c.Name)))
        {
            Column column = schema.Columns[ColumnNames.Require(schema.Columns, pick.Source, $"Table '{query.Table}'")];
            string name = string.Equals(pick.Name, pick.Source, StringComparison.OrdinalIgnoreCase) ? column.Name : pick.Name;
            picks.Add((column, column with { Name = name }));
        }

        return picks;
    }

    public static SqlStatement Count(SqlDialect dialect, TableSchema schema, TableName table, Filter? filter)
    {
        SqlParameters parameters = new();
        StringBuilder sql = new($"SELECT count(*) FROM {dialect.Quote(table)}");
        Where(sql, dialect, schema, $"Table '{table}'", filter, parameters);
        return new(sql.ToString()) { Parameters = parameters };
    }

    public static void Where(StringBuilder sql, SqlDialect dialect, TableSchema schema, string owner, Filter? filter, SqlParameters parameters)
    {
        if (filter is not null)
        {
            sql.Append(" WHERE ").Append(FilterRenderer.Render(filter, schema.Columns, owner, dialect, parameters));
        }
    }
}
