using System.Data.Common;
using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>What PostgreSQL's catalogue tells of a table.</summary>
internal static class PostgreSqlSchema
{
    private const string Find =
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
        "WHERE c.relname = @name AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND CASE WHEN @schema::text IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = @schema END";

    private const string TableSql = "SELECT c.oid::bigint, CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::bigint END " + Find;

    // a domain counts as the type that it is made of
    private const string ColumnsSql =
        "SELECT a.attname, CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END, " +
        "a.attnotnull OR t.typnotnull, (a.atthasdef AND a.attgenerated = '') OR a.attidentity <> '' OR t.typdefault IS NOT NULL, a.attgenerated <> '', " +
        "CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END, CASE WHEN co.collname = 'default' THEN NULL ELSE co.collname END, co.collisdeterministic, " +
        "(SELECT array_position(i.indkey::int2[], a.attnum) FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary) " +
        "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum " +
        "LEFT JOIN pg_collation co ON co.oid = a.attcollation WHERE a.attrelid = @oid::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

    /// <summary>Lists foreign keys that change rows of other tables.</summary>
    public const string CascadesSql =
        "SELECT f.conrelid::regclass::text, f.conname, CASE f.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END " +
        "FROM pg_constraint f WHERE f.contype = 'f' AND f.confdeltype IN ('c', 'n', 'd') AND f.confrelid = (SELECT c.oid " + Find + " LIMIT 1)";

    /// <summary>Finds a table's schema. A table that is not there yet goes into the one that comes first on the search path.</summary>
    public const string ResolveSql = "SELECT n.nspname, c.relname " + Find + " UNION ALL SELECT coalesce(@schema, current_schema()), @name LIMIT 1";

    public static async Task<TableSchema?> DescribeAsync(
        PostgreSqlAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel)
    {
        long oid;
        long? estimate;
        await using (DbCommand find = adapter.CreateCommand(connection, transaction, SqlStatement.Of(table, TableSql)))
        await using (DbDataReader reader = await find.ExecuteReaderAsync(cancel).ConfigureAwait(false))
        {
            if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
            {
                return null;
            }

            oid = reader.GetInt64(0);
            estimate = reader.IsDBNull(1) ? null : reader.GetInt64(1);
        }

        SqlStatement statement = new(ColumnsSql);
        statement.Named.Add(new("oid", oid, null));
        List<(Column Column, int Key)> found = [];
        await using DbCommand command = adapter.CreateCommand(connection, transaction, statement);
        await using DbDataReader columns = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await columns.ReadAsync(cancel).ConfigureAwait(false))
        {
            string native = columns.GetString(1);
            Column column = new(columns.GetString(0), PostgreSqlTypes.Read(native))
            {
                NativeType = native,
                Nullable = !columns.GetBoolean(2),
                HasDefault = columns.GetBoolean(3),
                IsGenerated = columns.GetBoolean(4),
                DefaultText = columns.IsDBNull(5) ? null : columns.GetString(5),
                Collation = columns.IsDBNull(6) ? null : columns.GetString(6),
                Limits = PostgreSqlLimits.Of(native),
            };
            found.Add((column, columns.IsDBNull(8) ? -1 : columns.GetInt32(8)));
        }

        return new([.. found.Select(f => f.Column)])
        {
            Key = [.. found.Where(f => f.Key >= 0).OrderBy(f => f.Key).Select(f => f.Column.Name)],
            RowEstimate = estimate,
        };
    }
}
