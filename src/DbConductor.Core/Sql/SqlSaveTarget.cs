namespace DbConductor.Sql;

/// <summary>The table of one write: looked for, created where that was asked for, and the input mapped to it.</summary>
internal sealed class SqlSaveTarget(SqlAdapter adapter, TableName table, RowReader rows, SaveOptions options)
{
    private readonly List<string> _warnings = [];
    private RowReader _input = rows;
    private InferredRows? _inferred;
    private ScannedRows? _scanned;
    private bool _checked;

    /// <summary>Whether the table was created.</summary>
    public bool Created { get; private set; }

    /// <summary>Which column goes where; null where the input brings no columns.</summary>
    public TableMapping? Mapping { get; private set; }

    /// <summary>The input as rows of the table; known with <see cref="Mapping"/>.</summary>
    public ConvertingRows Rows { get; private set; } = null!;

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Whether rows go by way of a temporary table and are found by key.</summary>
    public bool Merges => options.Mode is SaveMode.Upsert or SaveMode.SkipExisting || (options.Mode == SaveMode.Overwrite && Mapping!.Key.Count > 0);

    private bool Updates => options.Mode == SaveMode.Upsert;

    /// <summary>Whether it makes a difference that a row lacks a column: to an insert, a field that is missing is null where the column has no other default.</summary>
    public bool LackMatters(Column column) => Updates || column.HasDefault;

    /// <summary>What tells rows apart by the columns that they lack.</summary>
    public SqlShapes? MakeShapes() =>
        SqlShapes.Make(adapter, table, Mapping!.Columns, column => LackMatters(column) && !(Merges && Mapping.Key.Contains(column)));

    /// <summary>
    /// Called before the transaction begins: where DDL commits the transaction that it runs in, a missing table is created beside it, before its first write.
    /// Even looking for the table inside it would take a lock that the creation then waits for.
    /// </summary>
    /// <param name="shared">Whether the transaction is an operator's, whose writes have begun: then a missing table has been refused.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task CreateAheadAsync(bool shared, CancellationToken cancel)
    {
        await ScanAsync(cancel).ConfigureAwait(false);
        if (adapter.Info.TransactionalDdl || !(options.CreateTable || _scanned is not null))
        {
            return;
        }

        TableSchema? schema = await adapter.DescribeAsync(table, cancel).ConfigureAwait(false);
        if (schema is null && options.CreateTable)
        {
            _ = shared
                ? throw new DbConductorException(
                    DbErrorKind.InvalidOperation,
                    $"There is no table '{table}', and {adapter.Info.Product} cannot create one inside a transaction without committing it. " +
                    "Create it before the transaction begins (New-DbTable).")
                { Target = table.ToString() }
                : await CreateAsync(inferred => adapter.CreateAsync(table, inferred, cancel), cancel).ConfigureAwait(false);
        }

        if (schema is not null && NewColumns(schema) is { Count: > 0 } added)
        {
            if (shared)
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidOperation,
                    $"Table '{table}' lacks column '{added[0].Name}', and {adapter.Info.Product} cannot add one inside a transaction without committing it. " +
                    "Add it before the transaction begins, or say -OnNewColumn Json.")
                { Target = table.ToString(), Column = added[0].Name };
            }

            foreach (Column column in added)
            {
                IQueryResults results = await adapter.QueryAsync(new(adapter.Dialect.AddColumn(table, column)), cancel).ConfigureAwait(false);
                await results.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Finds or creates the table and maps the input to it; returns whether the input brings columns. Does so once.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<bool> OpenAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        if (!_checked)
        {
            await transaction.RunAsync(false, table, async () =>
            {
                await adapter.RefuseUnsafeAsync(transaction.Connection, transaction.Inner, table, cancel).ConfigureAwait(false);
                return 0;
            }, cancel).ConfigureAwait(false);
            _checked = true;
        }

        if (Mapping is not null)
        {
            return true;
        }

        TableSchema? schema = await transaction.DescribeAsync(table, cancel).ConfigureAwait(false);
        if (schema is null)
        {
            if (!await CreateAsync(inferred => transaction.CreateAsync(table, inferred, cancel), cancel).ConfigureAwait(false))
            {
                return false;
            }

            schema = await transaction.DescribeAsync(table, cancel).ConfigureAwait(false) ?? throw adapter.Missing(table);
        }

        if (adapter.Info.TransactionalDdl && NewColumns(schema) is { Count: > 0 } added)
        {
            await transaction.RunAsync(true, table, async () =>
            {
                foreach (Column column in added)
                {
                    await transaction.ExecuteAsync(new(adapter.Dialect.AddColumn(table, column)), cancel).ConfigureAwait(false);
                }

                return 0;
            }, cancel).ConfigureAwait(false);
            schema = await transaction.DescribeAsync(table, cancel).ConfigureAwait(false) ?? throw adapter.Missing(table);
        }

        return await MapAsync(schema, cancel).ConfigureAwait(false);
    }

    /// <summary>Maps the input to a table that is there already; returns whether the input brings columns.</summary>
    public async Task<bool> MapAsync(TableSchema schema, CancellationToken cancel)
    {
        await ScanAsync(cancel).ConfigureAwait(false);

        // an empty pipeline brings none
        if (Mapping is null && await RowWalker.BringsColumnsAsync(_input, cancel).ConfigureAwait(false))
        {
            _input = Settled(schema);
            Mapping = TableMapping.Make(table, schema, _input.Columns, options.Key);
            if (Merges)
            {
                Mapping.RequireKey($"-Mode {options.Mode}");
            }

            if (options.Mode != SaveMode.Upsert)
            {
                Mapping.RequireFilled();
            }

            Rows = Mapping.Convert(_input, options.NullTexts, Merges, Updates);
        }

        return Mapping is not null;
    }

    private async Task<bool> CreateAsync(Func<TableSchema, Task> create, CancellationToken cancel)
    {
        if (!options.CreateTable)
        {
            throw adapter.Missing(table, "Create it with New-DbTable, or say -CreateTable.");
        }

        if (_inferred is null)
        {
            SaveOptions declared = _scanned is null ? options
                : options with { ColumnTypes = _scanned.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal) };
            _inferred = await SchemaInference.InferAsync(_input, declared, inferFromText: false, cancel).ConfigureAwait(false);
            _warnings.AddRange(_inferred.Warnings);
            _input = _inferred.Rows;
        }

        if (_inferred.Schema.Columns.Count == 0)
        {
            return false;
        }

        await create(options.OnNewColumn == NewColumnPolicy.Json ? WithGathered(_inferred.Schema) : _inferred.Schema).ConfigureAwait(false);
        Created = true;
        return true;
    }

    // who must add columns has to know them all before the first row is written
    private async Task ScanAsync(CancellationToken cancel)
    {
        if (options.OnNewColumn == NewColumnPolicy.Add && _scanned is null)
        {
            _scanned = await ScannedRows.ReadAsync(_input, options.ColumnTypes, cancel).ConfigureAwait(false);
            _warnings.AddRange(_scanned.Warnings);
            _input = _scanned.Rows;
        }
    }

    private List<Column> NewColumns(TableSchema schema) => _scanned is null ? [] : [.. _scanned.Columns.Where(c => schema.IndexOf(c.Name) < 0)];

    private static TableSchema WithGathered(TableSchema schema) => schema.IndexOf(SaveOptions.GatheredName) >= 0
        ? schema
        : schema with { Columns = [.. schema.Columns, new(SaveOptions.GatheredName, new(PortableKind.Json))] };

    // rows without a fixed shape may bring any of the table's columns later on; a column with a default keeps it unless the first rows have it
    private RowReader Settled(TableSchema schema)
    {
        bool gathers = options.OnNewColumn == NewColumnPolicy.Json;
        if (!gathers && !_input.MayAppendColumns)
        {
            return _input;
        }

        if (gathers)
        {
            ColumnNames.Require(schema.Columns, SaveOptions.GatheredName, $"-OnNewColumn Json needs a column of JSON for what the table lacks, and table '{table}'");
        }

        List<(string Name, Column Column)> columns = [.. _input.Columns.Where(c => !gathers || schema.IndexOf(c.Name) >= 0).Select(c => (c.Name, c))];
        foreach (Column column in schema.Columns)
        {
            if (!column.IsGenerated && !column.HasDefault && !(gathers && Same(column.Name, SaveOptions.GatheredName)) && !columns.Exists(c => Same(c.Name, column.Name)))
            {
                columns.Add((column.Name, new(column.Name, new(PortableKind.Object))));
            }
        }

        return new SettledRows(_input, columns, Refuse, gathers ? schema.Columns[schema.IndexOf(SaveOptions.GatheredName)].Name : null);
    }

    private void Refuse(Column column, long row) => throw new DbConductorException(
        DbErrorKind.ColumnNotFound,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"Row {row} is the first to have a column '{column.Name}', which table '{table}' lacks (or fills by itself). Name the columns with -Property, or say -OnNewColumn Add or Json."))
    { Target = table.ToString(), Row = row, Column = column.Name };

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
