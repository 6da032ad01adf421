namespace DbConductor.Sql;

/// <summary>
/// One call that writes rows: in one transaction or several, noted in the ledger where it has a batch id, with rejects where those are let through.
/// </summary>
internal sealed class SqlSaveCall(SqlAdapter adapter, TableName table, RowReader rows, SaveOptions options)
{
    private readonly SqlRejects? _rejects = options.Reject is null ? null : new(adapter, table, options);
    private SqlSave _save = null!;
    private SqlLedger? _ledger;
    private SqlLedger? _fence;
    private LedgerEntry? _last;
    private LedgerEntry? _next;
    private long _replayed;
    private bool _isAhead;

    private bool IsReplay => _last is { IsComplete: true };

    /// <summary>Writes in transactions of its own.</summary>
    /// <param name="inTransaction">Runs a piece of work in a transaction and commits it.</param>
    /// <param name="cancel">Stops it.</param>
    public Task<SaveResult> RunAsync(Func<Func<SqlTransaction, Task<bool>>, Task<bool>> inTransaction, CancellationToken cancel) =>
        RunAsync(null, inTransaction, cancel);

    /// <summary>Writes as part of an operator's transaction.</summary>
    public Task<SaveResult> RunAsync(SqlTransaction shared, CancellationToken cancel) => RunAsync(shared, work => work(shared), cancel);

    private async Task<SaveResult> RunAsync(SqlTransaction? shared, Func<Func<SqlTransaction, Task<bool>>, Task<bool>> inTransaction, CancellationToken cancel)
    {
        options.RequireValid();
        _save = new(adapter, table, rows, options, _rejects);
        if (options.BatchId is not null)
        {
            _ledger = await SqlLedger.OpenAsync(adapter, shared, table, options, cancel).ConfigureAwait(false);
            await LookAsync(shared, cancel).ConfigureAwait(false);
        }

        bool written = true;
        while (!IsReplay && !(written && _save.IsDone))
        {
            await PrepareAsync(shared, cancel).ConfigureAwait(false);
            written = await NamingTableAsync(() => inTransaction(transaction => StepAsync(transaction, cancel))).ConfigureAwait(false);
            if (!written)
            {
                await LookAsync(shared, cancel).ConfigureAwait(false);
                continue;
            }

            _last = _next;
            if (shared is null)
            {
                _save.Committed();
                await (_rejects?.SettleAsync() ?? Task.CompletedTask).ConfigureAwait(false);
            }

            if (_save.IsDone)
            {
                break;
            }
        }

        bool replayed = _replayed > 0 || (IsReplay && _next is null);
        return _save.Result with { Replayed = _replayed, Status = replayed && _next is null ? SaveStatus.Replayed : SaveStatus.Saved };
    }

    // once, and not for a batch that is there already; but that the lease is held is asked before each commit
    private async Task PrepareAsync(SqlTransaction? shared, CancellationToken cancel)
    {
        // an operator's transaction may have the only connection to a stash in the same database
        options.Lease?.RequireNotLost();
        await (shared is null ? options.Lease?.RequireHeldAsync(cancel) ?? Task.CompletedTask : Task.CompletedTask).ConfigureAwait(false);
        if (!_isAhead)
        {
            await _save.CreateAheadAsync(shared is not null, cancel).ConfigureAwait(false);
            await (_rejects?.OpenAsync(shared, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
            _fence = options.Lease is null ? null : await SqlLedger.OpenAsync(adapter, shared, table, options.Lease, cancel).ConfigureAwait(false);
            _isAhead = true;
        }
    }

    // a table that was created before the transaction began stays where that fails
    private async Task<bool> NamingTableAsync(Func<Task<bool>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (DbConductorException e) when (!adapter.Info.TransactionalDdl && _save.Result is { Created: true, Commits: 0 })
        {
            throw e.With($"{e.Message} Table '{table}', which was created for this call, stays, empty.", e);
        }
    }

    private async Task<bool> StepAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        int chunk = (_last?.Chunk ?? 0) + 1;
        if (_fence is not null && !await _fence.FenceAsync(transaction, cancel).ConfigureAwait(false))
        {
            throw options.Lease!.Superseded(table);
        }

        if (_ledger is not null && !await _ledger.ClaimAsync(transaction, chunk, cancel).ConfigureAwait(false))
        {
            return false;
        }

        (long rows, long rejected) = (_save.Rows, _rejects?.Count ?? 0);
        await _save.RunAsync(transaction, options.CommitEvery, cancel).ConfigureAwait(false);
        await (_rejects?.FlushAsync(transaction, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
        if (_ledger is not null)
        {
            _next = _ledger.Entry(
                chunk,
                (_last?.Rows ?? 0) + _save.Rows - rows,
                (_last?.Rejected ?? 0) + (_rejects?.Count ?? 0) - rejected,
                _save.Content,
                _save.IsDone);
            await _ledger.RecordAsync(transaction, _next, cancel).ConfigureAwait(false);
        }

        return true;
    }

    // what another call has landed of the batch: that part of the input is read and compared
    private async Task LookAsync(SqlTransaction? shared, CancellationToken cancel)
    {
        _last = await _ledger!.LastAsync(shared, cancel).ConfigureAwait(false);
        if (_last is null)
        {
            return;
        }

        _last.RequireMode(options.Mode);
        TableSchema schema = (shared is null
            ? await adapter.DescribeAsync(table, cancel).ConfigureAwait(false)
            : await shared.DescribeAsync(table, cancel).ConfigureAwait(false))
            ?? throw new DbConductorException(
                DbErrorKind.NotFound,
                $"The ledger says that batch '{_last.BatchId}' was written into '{table}', but there is no such table any more. To write it again, take another -BatchId.")
            { Target = table.ToString() };
        await _save.SkipAsync(schema, _last.IsComplete ? null : _last.InputRows, cancel).ConfigureAwait(false);
        _last.RequireContent(_save.Content);
        _replayed = _last.Rows - _save.Rows;
    }
}
