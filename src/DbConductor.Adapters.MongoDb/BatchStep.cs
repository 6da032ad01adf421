namespace DbConductor.Adapters.MongoDb;

/// <summary>Runs each commit of a write: in a transaction where there is any, and where the call has a batch id with its entry in the ledger, written first.</summary>
/// <param name="ledger">The batch's entry; null where it has no id.</param>
/// <param name="mode">How rows are written.</param>
/// <param name="rejects">Takes rows that are refused; null where the first one is an error.</param>
/// <param name="ids">The ids that the call makes.</param>
/// <param name="fence">Enters the number of the lease under which the call writes; null where there is none.</param>
internal sealed class BatchStep(MongoLedger? ledger, SaveMode mode, MongoRejects? rejects, MadeIds ids, MongoFence? fence)
{
    /// <summary>Whether a commit has an entry in the ledger, which it must be one transaction with where the server has any.</summary>
    public bool HasLedger => ledger is not null || fence is { IsPartOfCommit: true };

    /// <summary>Takes rows that are refused; null where the first one is an error.</summary>
    public MongoRejects? Rejects => rejects;

    /// <summary>Refuses a way that is no transaction, of which the ledger could be no part.</summary>
    public void RequireTransaction(bool isNone, TableName table, string remedy)
    {
        if (isNone && HasLedger)
        {
            throw new DbConductorException(DbErrorKind.LimitExceeded, $"What is written with -BatchId or -Lease goes in one transaction, which holds no more than {MongoSave.LedgerBytes >> 20} MB. {remedy}")
            { Target = table.ToString() };
        }
    }

    /// <summary>Runs a commit.</summary>
    /// <param name="scope">The session, or an operator's transaction.</param>
    /// <param name="write">Writes the rows, and what was rejected of them. It may be called again after a conflict.</param>
    /// <param name="isLast">Whether the input has ended, asked after the rows are written.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<Written> RunAsync(MongoScope scope, Func<MongoScope, Task<Written>> write, Func<bool> isLast, CancellationToken cancel)
    {
        Func<MongoScope, Task<Written>> rows = write;
        if (fence is not null)
        {
            write = async one =>
            {
                await fence.EnterAsync(one, cancel).ConfigureAwait(false);
                return await rows(one).ConfigureAwait(false);
            };
        }

        Written written = ledger is null
            ? await MongoDbConnection.InTransactionAsync(scope, write, cancel).ConfigureAwait(false)
            : scope.Session is null && !scope.Adapter.HasTransactions ? await LeasedAsync(ledger, scope, write, isLast, cancel).ConfigureAwait(false)
            : await EnteredAsync(ledger, scope, write, isLast, cancel).ConfigureAwait(false);
        await CommittedAsync().ConfigureAwait(false);
        return written;
    }

    /// <summary>Called after each commit.</summary>
    public Task CommittedAsync() => rejects?.CommittedAsync() ?? Task.CompletedTask;

    private async Task<Written> LeasedAsync(MongoLedger batch, MongoScope scope, Func<MongoScope, Task<Written>> write, Func<bool> isLast, CancellationToken cancel)
    {
        BatchLease lease = await batch.LeaseAsync(ids, rejects, cancel).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            Written written;
            try
            {
                written = await write(scope).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                bool isGone = e is DbConductorException { Kind: DbErrorKind.OutcomeUnknown or DbErrorKind.Connection or DbErrorKind.Timeout } or MongoDB.Driver.MongoException or TimeoutException or IOException;
                await lease.GiveUpAsync(isGone).ConfigureAwait(false);
                throw;
            }

            try
            {
                batch.Committed(await batch.CompleteAsync(lease, written, written.Landed(mode), rejects?.Pending.Count ?? 0, isLast()).ConfigureAwait(false));
            }
            catch
            {
                // the next sender removes what is there, or finds that it is whole
                await lease.GiveUpAsync(isGone: true).ConfigureAwait(false);
                throw;
            }

            return written;
        }
    }

    private async Task<Written> EnteredAsync(MongoLedger batch, MongoScope scope, Func<MongoScope, Task<Written>> write, Func<bool> isLast, CancellationToken cancel)
    {
        LedgerEntry? entry = null;
        Written written = default;
        try
        {
            await MongoDbConnection.InTransactionAsync(
                scope,
                async one =>
                {
                    await batch.BeginAsync(one, cancel).ConfigureAwait(false);
                    written = await write(one).ConfigureAwait(false);
                    entry = await batch.EndAsync(one, written.Landed(mode), rejects?.Pending.Count ?? 0, isLast(), cancel).ConfigureAwait(false);
                    return written;
                },
                cancel).ConfigureAwait(false);
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.OutcomeUnknown)
        {
            // the ledger knows
            if (await batch.AskAsync().ConfigureAwait(false) is not { } isThere)
            {
                throw;
            }

            if (!isThere)
            {
                throw new DbConductorException(DbErrorKind.Connection, "The connection broke while the commit was under way, and the ledger says that nothing was written. Send the batch again.", e)
                { Target = e.Target, IsTransient = true };
            }
        }

        batch.Committed(entry!);
        return written;
    }
}
