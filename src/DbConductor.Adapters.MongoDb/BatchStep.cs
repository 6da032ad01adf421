namespace DbConductor.Adapters.MongoDb;

/// <summary>Runs each commit of a write: in a transaction where there is any, and where the call has a batch id with its entry in the ledger, written first.</summary>
internal sealed class BatchStep(MongoLedger? ledger)
{
    /// <summary>Without a ledger.</summary>
    public static BatchStep None { get; } = new(null);

    public bool HasLedger => ledger is not null;

    /// <summary>Refuses a way that is no transaction, of which the ledger could be no part.</summary>
    public void RequireTransaction(bool isNone, TableName table)
    {
        if (isNone && HasLedger)
        {
            throw new DbConductorException(DbErrorKind.LimitExceeded, $"A batch of more than {MongoSave.LedgerBytes >> 20} MB is more than one transaction holds. Write it without -BatchId.")
            { Target = table.ToString() };
        }
    }

    /// <summary>Runs a commit.</summary>
    /// <param name="scope">The session, or an operator's transaction.</param>
    /// <param name="write">Writes the rows; gives how many landed. It may be called again after a conflict.</param>
    /// <param name="isLast">Whether the input has ended, asked after the rows are written.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<long> RunAsync(MongoScope scope, Func<MongoScope, Task<long>> write, Func<bool> isLast, CancellationToken cancel)
    {
        if (ledger is null)
        {
            return await MongoDbConnection.InTransactionAsync(scope, write, cancel).ConfigureAwait(false);
        }

        LedgerEntry? entry = null;
        long landed = 0;
        try
        {
            await MongoDbConnection.InTransactionAsync(
                scope,
                async one =>
                {
                    await ledger.BeginAsync(one, cancel).ConfigureAwait(false);
                    landed = await write(one).ConfigureAwait(false);
                    entry = await ledger.EndAsync(one, landed, 0, isLast(), cancel).ConfigureAwait(false);
                    return landed;
                },
                cancel).ConfigureAwait(false);
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.OutcomeUnknown)
        {
            // the ledger knows
            if (await ledger.AskAsync().ConfigureAwait(false) is not { } isThere)
            {
                throw;
            }

            if (!isThere)
            {
                throw new DbConductorException(DbErrorKind.Connection, "The connection broke while the commit was under way, and the ledger says that nothing was written. Send the batch again.", e)
                { Target = e.Target, IsTransient = true };
            }
        }

        ledger.Committed(entry!);
        return landed;
    }
}
