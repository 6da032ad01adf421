using System.Data.Common;
using DbConductor.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DbConductor.Adapters.Sqlite;

/// <summary>What SQLite tells of its tables.</summary>
internal static class SqliteSchema
{
    private const string Find = "FROM pragma_table_list WHERE name = @name COLLATE NOCASE AND (@schema IS NULL OR schema = @schema COLLATE NOCASE)";
    private const string TableSql = "SELECT schema, name, type " + Find;
    private const string ColumnsSql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(@name, @schema) WHERE hidden <> 1 ORDER BY cid";

    /// <summary>Finds a table's database where it is not the first one, and how SQLite spells both.</summary>
    public const string ResolveSql = "SELECT nullif(schema, 'main'), name " + Find + " UNION ALL SELECT nullif(@schema COLLATE NOCASE, 'main'), @name LIMIT 1";

    /// <summary>Lists foreign keys that change rows of other tables.</summary>
    public const string CascadesSql =
        "SELECT t.name, f.\"from\", f.on_delete FROM pragma_table_list t, pragma_foreign_key_list(t.name, t.schema) f " +
        "WHERE t.schema = coalesce(@schema, 'main') AND f.\"table\" = @name COLLATE NOCASE AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')";

    public static async Task<TableSchema?> DescribeAsync(
        SqliteAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        await FindAsync(adapter, connection, transaction, table, cancel).ConfigureAwait(false) is var (schema, name, view)
            ? await DescribeAsync(adapter, (SqliteConnection)connection, transaction, schema, name, view, cancel).ConfigureAwait(false)
            : null;

    private static async Task<(string Schema, string Name, bool IsView)?> FindAsync(
        SqliteAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel)
    {
        await using DbCommand command = adapter.CreateCommand(connection, transaction, SqlStatement.Of(table, TableSql));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? (reader.GetString(0), reader.GetString(1), reader.GetString(2) == "view") : null;
    }

    private static async Task<TableSchema?> DescribeAsync(
        SqliteAdapter adapter, SqliteConnection connection, DbTransaction? transaction, string schema, string name, bool view, CancellationToken cancel)
    {
        List<(Column Column, long Key)> found = [];
        await using DbCommand command = adapter.CreateCommand(connection, transaction, SqlStatement.Of(new(schema, name), ColumnsSql));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            string declared = reader.GetString(1);
            string? defaultText = reader.IsDBNull(3) ? null : reader.GetString(3);
            Column column = new(reader.GetString(0), SqliteTypes.Read(declared))
            {
                NativeType = declared,
                Nullable = reader.GetInt64(2) == 0,
                HasDefault = defaultText is not null,
                DefaultText = defaultText,
                IsGenerated = reader.GetInt64(5) != 0,
                Collation = view ? null : CollationOf(connection, schema, name, reader.GetString(0)),
            };
            found.Add((column with { Limits = SqliteTypes.LimitsOf(column) }, reader.GetInt64(4)));
        }

        if (found.Count == 0)
        {
            // a table has columns: this one was dropped by somebody else since it was found
            return null;
        }

        List<(Column Column, long Key)> keys = [.. found.Where(f => f.Key > 0).OrderBy(f => f.Key)];

        // an INTEGER PRIMARY KEY is the row's id: SQLite gives one where a row brings none (https://www.sqlite.org/lang_createtable.html#rowid)
        bool rowId = keys.Count == 1 && string.Equals(keys[0].Column.NativeType, "INTEGER", StringComparison.OrdinalIgnoreCase);
        return new([.. found.Select(f => f.Key > 0 && rowId ? f.Column with { HasDefault = true } : f.Column)]) { Key = [.. keys.Select(k => k.Column.Name)] };
    }

    private static string? CollationOf(SqliteConnection connection, string schema, string table, string column)
    {
        int code = raw.sqlite3_table_column_metadata(connection.Handle, schema, table, column, out _, out string collation, out _, out _, out _);
        return code == raw.SQLITE_OK && !string.Equals(collation, "BINARY", StringComparison.OrdinalIgnoreCase) ? collation : null;
    }
}
