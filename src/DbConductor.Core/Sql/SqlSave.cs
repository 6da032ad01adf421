namespace DbConductor.Sql;

/// <summary>
/// One write of many rows by the database's bulk path, straight into the table or by way of a temporary one. Runs once, or, with commits in between, once
/// per commit.
/// </summary>
internal sealed class SqlSave(SqlAdapter adapter, TableName table, RowReader rows, SaveOptions options, SqlRejects? rejects)
{
    private readonly SqlSaveTarget _target = new(adapter, table, rows, options);
    private SqlLoader? _loader;
    private SqlShapes? _shapes;
    private SqlInsert? _insert;
    private SqlSieve? _sieve;
    private BatchContent? _content;
    private bool _empty;
    private bool _passedOn;
    private int _commits;

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone => _empty || _passedOn || (_sieve?.IsDone ?? _loader?.IsDone) == true;

    /// <summary>Rows that landed so far.</summary>
    public long Rows { get; private set; }

    /// <summary>The content of the input that was read so far; counted only where the call has a batch id.</summary>
    public BatchContent Content => _content ??= new(_target.LackMatters);

    /// <summary>What was done so far.</summary>
    public SaveResult Result => new()
    {
        Rows = Rows,
        Skipped = Skipped,
        Rejected = rejects?.Count ?? 0,
        Path = SqlPlan.Path(adapter, options.Mode, _target.Mapping)
            + ((_sieve?.Split ?? _insert?.Split) == true && options.Mode == SaveMode.Insert ? "; rows that lack columns by way of a temporary table" : "")
            + (_passedOn ? ", handed through as it is" : ""),
        Created = _target.Created,
        Commits = _commits,
        Warnings = _target.Warnings,
    };

    private long Skipped { get; set; }

    /// <summary>Called after each commit.</summary>
    public void Committed() => _commits++;

    /// <inheritdoc cref="SqlSaveTarget.CreateAheadAsync"/>
    public Task CreateAheadAsync(bool shared, CancellationToken cancel) => _target.CreateAheadAsync(shared, cancel);

    /// <summary>Writes rows until the end of the input, or until the limit.</summary>
    public async Task RunAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        bool brings = await _target.OpenAsync(transaction, cancel).ConfigureAwait(false);
        if (options.Mode == SaveMode.Overwrite && !(brings && _target.Merges))
        {
            // also where there are no rows to put in their place, as long as there is a table
            if (brings || await transaction.DescribeAsync(table, cancel).ConfigureAwait(false) is not null)
            {
                await SqlMerge.EmptyAsync(adapter, transaction, table, cancel).ConfigureAwait(false);
            }
        }

        if (!brings)
        {
            _empty = true;
            return;
        }

        if (Packed() is { } packed)
        {
            Rows += await transaction.RunAsync(true, table, () => adapter.LoadAsync(
                new SqlLoad(transaction.Connection, transaction.Inner, table, _target.Mapping!.Columns, _target.Rows, 1, null, options.OnProgress) { Packed = packed },
                cancel), cancel).ConfigureAwait(false);
            _passedOn = true;
            return;
        }

        if (rejects is not null)
        {
            _sieve ??= new(adapter, table, options, _target, options.BatchId is null ? null : Content, rejects);
            (long landed, long skipped) = await _sieve.RunAsync(transaction, limit, cancel).ConfigureAwait(false);
            Rows += landed;
            Skipped += skipped;
            return;
        }

        Open();
        Rows += _target.Merges
            ? await MergeAsync(transaction, limit, cancel).ConfigureAwait(false)
            : await _insert!.RunAsync(transaction, _loader!, limit, options.BatchSize, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads rows that an earlier call has landed, and counts them into <see cref="Content"/>, until the content has so many, or to the end.</summary>
    /// <param name="schema">The table's.</param>
    /// <param name="until">How many; null means all.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task SkipAsync(TableSchema schema, long? until, CancellationToken cancel)
    {
        if (!await _target.MapAsync(schema, cancel).ConfigureAwait(false))
        {
            return;
        }

        long skipped = 0;
        RowWalker walker = new(_target.Rows);
        while ((until is null || Content.Rows < until) && await walker.NextAsync(cancel).ConfigureAwait(false) is var step and not RowStep.End)
        {
            if (step == RowStep.Row)
            {
                if (rejects is null)
                {
                    Content.Add(_target.Rows);
                }
                else
                {
                    Content.TryAdd(_target.Rows);
                }

                if (++skipped % SqlLoad.ProgressEvery == 0)
                {
                    options.OnProgress?.Invoke(Content.Rows);
                }
            }
        }

        if (rejects is null)
        {
            Open();
            _loader!.Skip(skipped);
        }
    }

    // nothing of the call may need a row's cells: no digest of a batch, no reject, no text that means null, no key
    private IPackedRows? Packed() =>
        options is { BatchId: null, CommitEvery: null, BatchSize: null, NullTexts.Count: 0 } && rejects is null && !_target.Merges
            && ReferenceEquals(_target.Rows.Origin, rows) && rows is IPackedRows packed && adapter.TakesPacked(packed, rows.Columns, _target.Mapping!.Columns)
            ? packed : null;

    private void Open()
    {
        if (_loader is null)
        {
            _shapes = _target.MakeShapes();
            _insert = new(adapter, table, _target.Mapping!, _shapes);
            RowReader counted = options.BatchId is null ? _target.Rows : new CountedRows(_target.Rows, Content);
            _loader = new(adapter, counted, _shapes, options.OnProgress);
        }
    }

    private async Task<long> MergeAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        TableMapping mapping = _target.Mapping!;
        SqlMerge merge = new(adapter, table, options.Mode, mapping, _shapes);
        SqlStage stage = new(adapter, table, mapping.Columns, mapping.Key);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long before = _loader!.RowNumber;
        long loaded = await _loader.StageAsync(transaction, stage.Name, table, mapping.Columns, limit, options.BatchSize, cancel).ConfigureAwait(false);
        long landed = await transaction.RunAsync(true, table, async () =>
        {
            long repeated = await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            await merge.BeginAsync(transaction, stage.Name, cancel).ConfigureAwait(false);

            // the place of a row in the temporary table is its number as long as none went from there
            SqlRowSearch search = new(adapter, table, mapping, stage.Name, rejects: true, (part, count) => merge.ApplyAsync(transaction, part, count, cancel));
            long merged = await search.CarryAsync(
                transaction, loaded - repeated, repeated == 0 && _shapes?.IsMarked != true ? before : null, cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return merged;
        }, cancel).ConfigureAwait(false);
        _shapes?.Forget();
        Skipped += loaded - landed;
        return landed;
    }
}
