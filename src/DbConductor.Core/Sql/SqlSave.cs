namespace DbConductor.Sql;

/// <summary>
/// One write of many rows: looks at the table, creates it where that was asked for, maps the columns, then loads by the database's bulk path,
/// straight into the table or by way of a temporary one. Runs once, or, with commits in between, once per commit.
/// </summary>
internal sealed class SqlSave(SqlAdapter adapter, TableName table, RowReader rows, SaveOptions options)
{
    private readonly SqlDialect _dialect = adapter.Dialect;
    private readonly List<string> _warnings = [];
    private RowReader _input = rows;
    private InferredRows? _inferred;
    private TableMapping? _mapping;
    private SqlLoader? _loader;
    private SqlShapes? _shapes;
    private bool _split;
    private bool _created;
    private bool _empty;
    private long _rows;
    private long _skipped;
    private int _commits;

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone => _empty || _loader?.IsDone == true;

    /// <summary>What was done so far.</summary>
    public SaveResult Result => new()
    {
        Rows = _rows,
        Skipped = _skipped,
        Path = SqlPlan.Path(adapter, options.Mode, _mapping) + (_split ? "; rows that lack columns by way of a temporary table" : ""),
        Created = _created,
        Commits = _commits,
        Warnings = _warnings,
    };

    /// <summary>Called after each commit.</summary>
    public void Committed() => _commits++;

    /// <summary>Writes rows until the end of the input, or until the limit. Returns the number of rows that landed.</summary>
    public async Task<long> RunAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        if (_loader is null && !await PrepareAsync(transaction, cancel).ConfigureAwait(false))
        {
            _empty = true;
            return 0;
        }

        bool keyed = _mapping!.Key.Count > 0;
        long landed = options.Mode switch
        {
            SaveMode.Insert => await InsertAsync(transaction, limit, cancel).ConfigureAwait(false),
            SaveMode.Overwrite when !keyed => await ReplaceAsync(transaction, cancel).ConfigureAwait(false),
            _ => await MergeAsync(transaction, limit, cancel).ConfigureAwait(false),
        };
        _rows += landed;
        return landed;
    }

    private async Task<bool> PrepareAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        CheckOptions();
        TableSchema? schema = await transaction.DescribeAsync(table, cancel).ConfigureAwait(false);
        if (schema is null)
        {
            if (!await CreateAsync(inferred => transaction.CreateAsync(table, inferred, cancel), cancel).ConfigureAwait(false))
            {
                return false;
            }

            schema = await transaction.DescribeAsync(table, cancel).ConfigureAwait(false) ?? throw adapter.Missing(table);
        }

        await transaction.RunAsync(false, table, async () =>
        {
            await adapter.RefuseUnsafeAsync(transaction.Connection, transaction.Inner, table, cancel).ConfigureAwait(false);
            return 0;
        }, cancel).ConfigureAwait(false);

        // an empty pipeline brings no columns: nothing to write, except that Overwrite empties the table
        if (!await RowWalker.BringsColumnsAsync(_input, cancel).ConfigureAwait(false))
        {
            if (options.Mode == SaveMode.Overwrite)
            {
                await EmptyAsync(transaction, cancel).ConfigureAwait(false);
            }

            return false;
        }

        _mapping = TableMapping.Make(table, schema, _input.Columns, options.Key);
        bool merges = options.Mode is SaveMode.Upsert or SaveMode.SkipExisting || (options.Mode == SaveMode.Overwrite && _mapping.Key.Count > 0);
        if (merges)
        {
            _mapping.RequireKey($"-Mode {options.Mode}");
        }

        if (options.Mode != SaveMode.Upsert)
        {
            _mapping.RequireFilled();
        }

        // to an insert, a field that is missing is null where the column has no other default
        bool updates = options.Mode == SaveMode.Upsert;
        _shapes = SqlShapes.Make(adapter, table, _mapping.Columns, column => (updates || column.HasDefault) && !(merges && _mapping.Key.Contains(column)));
        _loader = new(adapter, _mapping.Convert(_input, options.NullTexts, merges, updates), _shapes, options.OnProgress);
        return true;
    }

    /// <summary>
    /// Called before the transaction begins: where DDL commits the transaction that it runs in, a missing table is created beside it, before its first write.
    /// Even looking for the table inside it would take a lock that the creation then waits for.
    /// </summary>
    /// <param name="shared">Whether the transaction is an operator's, whose writes have begun: then a missing table is refused.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task CreateAheadAsync(bool shared, CancellationToken cancel)
    {
        if (adapter.Info.TransactionalDdl || !options.CreateTable || await adapter.DescribeAsync(table, cancel).ConfigureAwait(false) is not null)
        {
            return;
        }

        _ = shared
            ? throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"There is no table '{table}', and {adapter.Info.Product} cannot create one inside a transaction without committing it. " +
                "Create it before the transaction begins (New-DbTable).")
            { Target = table.ToString() }
            : await CreateAsync(inferred => adapter.CreateAsync(table, inferred, cancel), cancel).ConfigureAwait(false);
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
        _created = true;
        return true;
    }

    private void CheckOptions()
    {
        if (options.CommitEvery is <= 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-CommitEvery needs a number of rows above zero.");
        }

        if (options.BatchSize is <= 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-BatchSize needs a number of rows above zero.");
        }

        if (options.CommitEvery is not null && options.Mode == SaveMode.Overwrite)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "-Mode Overwrite replaces the table as a whole, in one commit: leave -CommitEvery out.");
        }
    }

    private Task<long> LoadAsync(SqlTransaction transaction, TableName into, long? limit, bool marks, CancellationToken cancel) =>
        _loader!.LoadAsync(transaction, into, table, _mapping!.Columns, limit, options.BatchSize, marks, cancel);

    // from the first row on that lacks a column which has a default, by way of a temporary table
    private async Task<long> InsertAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        long loaded = await LoadAsync(transaction, table, limit, marks: false, cancel).ConfigureAwait(false);
        if (!_loader!.IsAtPartial || loaded == limit)
        {
            return loaded;
        }

        _split = options.Mode == SaveMode.Insert;
        SqlStage stage = new(adapter, table, _mapping!.Columns, []);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long staged = await LoadAsync(transaction, stage.Name, limit - loaded, marks: true, cancel).ConfigureAwait(false);
        return loaded + await transaction.RunAsync(true, table, async () =>
        {
            long inserted = 0;
            await SqlShapes.ForEachAsync(_shapes, transaction, stage.Name, _mapping.Columns, [], async (part, columns) =>
                inserted += await transaction.ExecuteAsync(new(_dialect.InsertFromStage(table, part, columns, [])), cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return inserted == staged ? inserted : throw SqlLoader.Miscounted(table, staged, inserted);
        }, cancel).ConfigureAwait(false);
    }

    private async Task<long> ReplaceAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        await EmptyAsync(transaction, cancel).ConfigureAwait(false);
        return await InsertAsync(transaction, null, cancel).ConfigureAwait(false);
    }

    // DELETE, not TRUNCATE: readers go on seeing the old rows, and triggers and foreign keys do their work
    private Task<long> EmptyAsync(SqlTransaction transaction, CancellationToken cancel) => transaction.RunAsync(true, table, async () =>
    {
        await RefuseCascadesAsync(transaction, $"SELECT 1 FROM {_dialect.Quote(table)} LIMIT 1", cancel).ConfigureAwait(false);
        return await transaction.ExecuteAsync(new($"DELETE FROM {_dialect.Quote(table)}"), cancel).ConfigureAwait(false);
    }, cancel);

    private async Task<long> MergeAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        SqlStage stage = new(adapter, table, _mapping!.Columns, _mapping.Key);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long loaded = await _loader!.StageAsync(transaction, stage.Name, table, _mapping.Columns, limit, options.BatchSize, cancel).ConfigureAwait(false);
        long landed = await transaction.RunAsync(true, table, async () =>
        {
            long repeated = await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            long merged = await MergeStageAsync(transaction, stage.Name, loaded - repeated, cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return merged;
        }, cancel).ConfigureAwait(false);
        _skipped += loaded - landed;
        return landed;
    }

    private async Task<long> MergeStageAsync(SqlTransaction transaction, TableName stage, long staged, CancellationToken cancel)
    {
        IReadOnlyList<Column> key = _mapping!.Key;
        await adapter.LockForMergeAsync(transaction, table, stage, key, cancel).ConfigureAwait(false);

        if (options.Mode == SaveMode.Overwrite)
        {
            string gone = $"SELECT 1 FROM {_dialect.Quote(table)} AS t WHERE NOT EXISTS (SELECT 1 FROM {_dialect.Quote(stage)} AS s WHERE {_dialect.Match(key, "t", "s")}) LIMIT 1";
            await RefuseCascadesAsync(transaction, gone, cancel).ConfigureAwait(false);
            await transaction.ExecuteAsync(new(_dialect.DeleteByStage(table, stage, key, negated: true)), cancel).ConfigureAwait(false);
        }

        long updated = 0;
        long inserted = 0;
        await SqlShapes.ForEachAsync(_shapes, transaction, stage, _mapping.Columns, key, async (part, columns) =>
        {
            updated += options.Mode == SaveMode.SkipExisting ? 0 : await UpdateAsync(transaction, part, columns, cancel).ConfigureAwait(false);

            // MySQL refuses an INSERT that leaves a column out which needs a value, even where it would add no row
            bool filled = columns.Count == _mapping.Columns.Count && !_mapping.Unfilled.Any();
            if (filled
                || await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(_dialect.AnyMissing(table, part, key)), cancel).ConfigureAwait(false) is not (null or DBNull))
            {
                inserted += await transaction.ExecuteAsync(new(_dialect.InsertFromStage(table, part, columns, key)), cancel).ConfigureAwait(false);
            }
        }, cancel).ConfigureAwait(false);

        // the key need not be unique in the table: then one row of the input updates several, and counts once
        return options.Mode == SaveMode.SkipExisting ? inserted : Math.Min(updated + inserted, staged);
    }

    private Task<long> UpdateAsync(SqlTransaction transaction, TableName stage, IReadOnlyList<Column> columns, CancellationToken cancel)
    {
        List<Column> defaults = options.Mode == SaveMode.Overwrite ? [.. _mapping!.Omitted, .. _mapping.Columns.Except(columns)] : [];
        return SqlStage.UpdateAsync(adapter, transaction, table, stage, columns, _mapping!.Key, defaults, cancel);
    }

    private async Task RefuseCascadesAsync(SqlTransaction transaction, string anyRowGoes, CancellationToken cancel)
    {
        IReadOnlyList<string> cascades = await adapter.CascadesIntoAsync(transaction.Connection, transaction.Inner, table, cancel).ConfigureAwait(false);
        if (cascades.Count > 0
            && await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(anyRowGoes), cancel).ConfigureAwait(false) is not (null or DBNull))
        {
            throw new DbConductorException(
                DbErrorKind.Constraint,
                $"-Mode Overwrite would remove rows of '{table}', and with them delete or change rows of other tables through foreign keys: " +
                $"{string.Join("; ", cascades)}. Use -Mode Upsert, or remove the dependent rows first.")
            { Target = table.ToString() };
        }
    }
}
