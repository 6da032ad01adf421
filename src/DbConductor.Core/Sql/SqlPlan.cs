namespace DbConductor.Sql;

/// <summary>What a write would do, without doing it.</summary>
internal static class SqlPlan
{
    public static string Path(SqlAdapter adapter, SaveMode mode, TableMapping? mapping)
    {
        string bulk = adapter.Info.BulkPath;
        return mode switch
        {
            SaveMode.Insert => bulk,
            SaveMode.Overwrite when mapping is null or { Key.Count: 0 } => $"delete, then {bulk}",
            SaveMode.Overwrite => $"{bulk} into a temporary table, then delete, update and insert",
            SaveMode.SkipExisting => $"{bulk} into a temporary table, then insert",
            _ => $"{bulk} into a temporary table, then update and insert",
        };
    }

    public static SavePlan Make(SqlAdapter adapter, TableName table, TableSchema? schema, IReadOnlyList<Column> input, SaveOptions options)
    {
        List<string> ddl = [];
        if (schema is null)
        {
            if (!options.CreateTable)
            {
                throw adapter.Missing(table, "Create it with New-DbTable, or say -CreateTable.");
            }

            schema = new TableSchema([.. input.Select(c => Declared(c, options) is { } type ? c with { Type = type } : c)]) { Key = options.Key };
            ddl.Add(adapter.Dialect.CreateTable(table, schema));
            schema = schema with
            {
                Columns = [.. schema.Columns.Select(c => Planned(adapter.Dialect, c, options.Key.Contains(c.Name, StringComparer.OrdinalIgnoreCase)))],
            };
        }

        List<ColumnPlan> columns = [];
        TableSchema known = schema;
        List<Column> lacking = [.. input.Where(c => known.IndexOf(c.Name) < 0)];
        if (options.OnNewColumn == NewColumnPolicy.Add)
        {
            ddl.AddRange(lacking.Select(c => adapter.Dialect.AddColumn(table, c)));
            schema = schema with { Columns = [.. schema.Columns, .. lacking.Select(c => Planned(adapter.Dialect, c, inKey: false))] };
        }
        else if (options.OnNewColumn == NewColumnPolicy.Json)
        {
            columns.AddRange(lacking.Select(c => new ColumnPlan(c.Name, c.Type.ToString(), SaveOptions.GatheredName, "json", "gathered in one column") { SourceNativeType = c.NativeType }));
            input = [.. input.Except(lacking)];
        }

        TableMapping mapping = TableMapping.Make(table, schema, input, options.Key);
        for (int i = 0; i < input.Count; i++)
        {
            columns.Add(ColumnPlan.Of(input[i], mapping.Columns[i]));
        }

        columns.AddRange(mapping.Omitted.Select(c => new ColumnPlan(
            null, null, c.Name, c.NativeType ?? c.Type.ToString(), c.HasDefault ? "default" : c.Nullable ? "null" : "refused: may not be null")));
        return new() { Table = table, Path = Path(adapter, options.Mode, mapping), Mode = options.Mode, Ddl = ddl, Columns = columns };
    }

    /// <summary>A column as it will be once it is created.</summary>
    private static Column Planned(SqlDialect dialect, Column column, bool inKey)
    {
        column = column with { NativeType = dialect.NativeType(column, inKey), Collation = null };
        return column with { Limits = dialect.LimitsOf(column) };
    }

    private static PortableType? Declared(Column column, SaveOptions options)
    {
        foreach ((string name, PortableType type) in options.ColumnTypes)
        {
            if (string.Equals(name, column.Name, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return null;
    }
}
