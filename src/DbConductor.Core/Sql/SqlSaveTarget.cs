namespace DbConductor.Sql;

/// <summary>The table of one write: looked for, created where that was asked for, and the input mapped to it.</summary>
internal sealed class SqlSaveTarget(SqlAdapter adapter, TableName table, RowReader rows, SaveOptions options)
{
    private readonly List<string> _warnings = [];
    private RowReader _input = rows;
    private InferredRows? _inferred;
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
        if (!adapter.Info.TransactionalDdl && !shared && options.CreateTable && await adapter.DescribeAsync(table, cancel).ConfigureAwait(false) is null)
        {
            await CreateAsync(inferred => adapter.CreateAsync(table, inferred, cancel), cancel).ConfigureAwait(false);
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

        return await MapAsync(schema, cancel).ConfigureAwait(false);
    }

    /// <summary>Maps the input to a table that is there already; returns whether the input brings columns.</summary>
    public async Task<bool> MapAsync(TableSchema schema, CancellationToken cancel)
    {
        // an empty pipeline brings none
        if (Mapping is null && await RowWalker.BringsColumnsAsync(_input, cancel).ConfigureAwait(false))
        {
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
            _inferred = await SchemaInference.InferAsync(_input, options, inferFromText: false, cancel).ConfigureAwait(false);
            _warnings.AddRange(_inferred.Warnings);
            _input = _inferred.Rows;
        }

        if (_inferred.Schema.Columns.Count == 0)
        {
            return false;
        }

        await create(_inferred.Schema).ConfigureAwait(false);
        Created = true;
        return true;
    }
}
