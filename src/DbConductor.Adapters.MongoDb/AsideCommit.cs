namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// One commit of rows that were put aside: in a transaction, the call's or the operator's, or where there is none so that a failure is taken back. Rows that the server
/// refuses are left out where rejecting is on.
/// </summary>
/// <param name="scope">Where.</param>
/// <param name="collection">Into which collection.</param>
/// <param name="writes">The rows as writes.</param>
/// <param name="step">Runs the commit.</param>
/// <param name="ids">The ids that were made for the documents.</param>
/// <param name="mode">The mode.</param>
internal sealed class AsideCommit(MongoScope scope, CollectionSchema collection, AsideWrites writes, BatchStep step, MadeIds ids, SaveMode mode)
{
    private readonly DocumentSieve? _sieve = step.Rejects is null ? null : new(scope, collection, writes, step.Rejects);

    /// <summary>Writes the rows.</summary>
    /// <param name="isLast">Whether the input has ended.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<Written> RunAsync(Func<bool> isLast, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await step.RunAsync(scope, one => WriteAsync(one, cancel), isLast, cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e) when (_sieve is not null && scope.Adapter.HasTransactions)
            {
                if (!await _sieve.LeaveOutAsync(e, null, cancel).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Writes the rows without a transaction, on a server that has them.</summary>
    public async Task<Written> RunDirectAsync(CancellationToken cancel)
    {
        Written written = await DirectAsync(cancel).ConfigureAwait(false);
        await step.CommittedAsync().ConfigureAwait(false);
        return written;
    }

    private async Task<Written> WriteAsync(MongoScope one, CancellationToken cancel)
    {
        if (one.Session is null)
        {
            return await DirectAsync(cancel).ConfigureAwait(false);
        }

        Written written = await writes.SendAsync(one, cancel).ConfigureAwait(false);
        await (step.Rejects?.WriteAsync(writes.Rows, one, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
        return written;
    }

    private async Task<Written> DirectAsync(CancellationToken cancel)
    {
        Acknowledged landed = new(collection.Table, ids, writes.Rows.Before);
        try
        {
            Written written = _sieve is not null
                ? await _sieve.SendDirectAsync(landed.Begin, landed.End, cancel).ConfigureAwait(false)
                : await writes.SendAsync(
                    async batch =>
                    {
                        cancel.ThrowIfCancellationRequested();
                        landed.Begin(batch);
                        // what is under way is waited for: the server could do it after the removal
                        WriteOutcome outcome = await batch.SendAsync(scope, CancellationToken.None).ConfigureAwait(false);
                        landed.End(batch, outcome);
                        return new Written(outcome.Whole());
                    },
                    null,
                    cancel).ConfigureAwait(false);
            await (step.Rejects?.WriteAsync(writes.Rows, scope, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return written;
        }
        catch (Exception e)
        {
            await (step.Rejects?.RemoveAsync(writes.Rows.Before, e) ?? Task.CompletedTask).ConfigureAwait(false);
            if (mode != SaveMode.Upsert)
            {
                await landed.RemoveAsync(scope, e).ConfigureAwait(false);
            }

            throw;
        }
    }
}
