using System.Data.Common;
using DbConductor.Sql;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>What MySQL tells of its tables. <c>SHOW</c> also knows temporary tables, which information_schema does not list.</summary>
internal static class MySqlSchema
{
    private const int NoSuchTable = 1146;
    private const int UnknownDatabase = 1049;
    private const int DefinitionChanged = 1412;

    /// <summary>The name of the column that the server makes a primary key of, where it makes one.</summary>
    public const string GeneratedKey = "my_row_id";

    // what MariaDB makes of a column that is declared as json (https://mariadb.com/docs/server/reference/data-types/string-data-types/json)
    private const string JsonText = "longtext";
    private const string JsonCollation = "utf8mb4_bin";

    private const string JsonSql =
        "SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS " +
        "WHERE CONSTRAINT_SCHEMA = COALESCE(@schema, DATABASE()) AND TABLE_NAME = @name AND CHECK_CLAUSE LIKE 'json\\_valid(%'";

    private const string TableSql =
        "SELECT ENGINE, TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(@schema, DATABASE()) AND TABLE_NAME = @name";

    /// <summary>Lists foreign keys that change rows of other tables.</summary>
    public const string CascadesSql =
        "SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS " +
        "WHERE UNIQUE_CONSTRAINT_SCHEMA = COALESCE(@schema, DATABASE()) AND REFERENCED_TABLE_NAME = @name AND DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT')";

    /// <summary>Finds a table's database, and how the server spells both.</summary>
    public const string ResolveSql =
        "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(@schema, DATABASE()) AND TABLE_NAME = @name " +
        "UNION ALL SELECT COALESCE(@schema, DATABASE()), @name LIMIT 1";

    public static async Task<TableSchema?> DescribeAsync(
        MySqlAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel)
    {
        string quoted = adapter.QuotedName(table);
        List<Column> columns;
        try
        {
            columns = await ColumnsAsync(adapter, connection, transaction, quoted, cancel).ConfigureAwait(false);
        }
        catch (MySqlException e) when (e.Number is NoSuchTable or UnknownDatabase)
        {
            return null;
        }

        if (columns.Count == 0)
        {
            // a table that was made after MySQL's transaction began to read is there, but shows no columns to it
            throw MySqlErrors.From(
                DefinitionChanged, adapter.Words.Server.IsMariaDb, $"Table '{table}' is newer than what the transaction sees", null, table.ToString(), adapter.Info.Location, null, null);
        }

        await FindJsonAsync(adapter, connection, transaction, table, columns, cancel).ConfigureAwait(false);
        List<string> key = [];
        await using (DbCommand command = adapter.CreateCommand(connection, transaction, new($"SHOW INDEX FROM {quoted} WHERE Key_name = 'PRIMARY'")))
        await using (DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false))
        {
            int name = reader.GetOrdinal("Column_name");
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            {
                key.Add(reader.GetString(name));
            }
        }

        key.RemoveAll(name => !columns.Exists(c => c.Name == name));

        (_, long? rows) = await EngineAsync(adapter, connection, transaction, table, cancel).ConfigureAwait(false);
        return new(columns) { Key = key, RowEstimate = rows };
    }

    /// <summary>The engine that stores a table, and its estimate of the rows; nulls for a temporary table or a view.</summary>
    public static async Task<(string? Engine, long? Rows)> EngineAsync(
        MySqlAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel)
    {
        await using DbCommand command = adapter.CreateCommand(connection, transaction, SqlStatement.Of(table, TableSql));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false)
            ? (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : Convert.ToInt64(reader.GetValue(1), System.Globalization.CultureInfo.InvariantCulture))
            : (null, null);
    }

    private static async Task<List<Column>> ColumnsAsync(
        MySqlAdapter adapter, DbConnection connection, DbTransaction? transaction, string quoted, CancellationToken cancel)
    {
        List<Column> columns = [];
        await using DbCommand command = adapter.CreateCommand(connection, transaction, new($"SHOW FULL COLUMNS FROM {quoted}"));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            string native = reader.GetString(1);
            string? collation = reader.IsDBNull(2) ? null : reader.GetString(2);
            string? defaultText = reader.IsDBNull(5) ? null : reader.GetString(5);
            string extra = reader.GetString(6).ToUpperInvariant();
            if (IsGeneratedKey(adapter, reader.GetString(0), extra))
            {
                continue;
            }

            bool nullable = reader.GetString(3) == "YES";
            Column column = new(reader.GetString(0), MySqlTypes.Read(native, collation, reader.GetString(8), adapter.Words.BinaryGuids))
            {
                NativeType = native,
                Nullable = nullable,
                HasDefault = (defaultText is not null && !string.Equals(defaultText, "NULL", StringComparison.OrdinalIgnoreCase))
                    || extra.Contains("AUTO_INCREMENT", StringComparison.Ordinal) || extra.Contains("DEFAULT_GENERATED", StringComparison.Ordinal),
                DefaultText = defaultText,
                IsGenerated = extra.Contains("VIRTUAL GENERATED", StringComparison.Ordinal) || extra.Contains("STORED GENERATED", StringComparison.Ordinal)
                    || extra.Contains("PERSISTENT", StringComparison.Ordinal),
                Collation = collation,
            };
            columns.Add(column with { Limits = adapter.Words.LimitsOf(column) });
        }

        return columns;
    }

    /// <summary>MariaDB's json is a text with a check, which alone tells it from other texts.</summary>
    private static async Task FindJsonAsync(
        MySqlAdapter adapter, DbConnection connection, DbTransaction? transaction, TableName table, List<Column> columns, CancellationToken cancel)
    {
        static bool MayBeJson(Column column) => column is { Type.Kind: PortableKind.String, NativeType: JsonText, Collation: JsonCollation };
        if (adapter.Words.Server.HasJsonType || !columns.Exists(MayBeJson))
        {
            return;
        }

        HashSet<string> checks = [];
        await using DbCommand command = adapter.CreateCommand(connection, transaction, SqlStatement.Of(table, JsonSql));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            checks.Add(reader.GetString(0));
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (MayBeJson(columns[i]) && checks.Contains($"json_valid({adapter.Words.Quote(columns[i].Name)})"))
            {
                Column json = columns[i] with { Type = new(PortableKind.Json) };
                columns[i] = json with { Limits = adapter.Words.LimitsOf(json) };
            }
        }
    }

    // the server's own word for it; nobody else may name a column so while that is on
    private static bool IsGeneratedKey(MySqlAdapter adapter, string name, string extra) => adapter.Words.Server.HasGeneratedKeys
        && name == GeneratedKey && extra.Contains("INVISIBLE", StringComparison.Ordinal) && extra.Contains("AUTO_INCREMENT", StringComparison.Ordinal);
}
