namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Inserts rows: in a transaction where they fit one, else with several batches in flight and, when the call fails, a removal of what was written. Runs once, or with
/// commits in between, once per commit.
/// </summary>
internal sealed class DocumentInsert(MongoScope scope, CollectionSchema collection, DocumentInput input, SaveOptions options, BatchStep step, MadeIds ids)
{
    /// <summary>Documents that go in one round trip.</summary>
    public const int BatchRows = 2000;
    private const int InFlight = 3;

    private readonly RowEncoder _encoder = new(collection, []);
    private readonly RowWalker _walker = new(input);
    private long _sent;

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Inserts rows until the end of the input, or until the limit.</summary>
    /// <returns>What was written, and whether it went without a transaction.</returns>
    public async Task<(Written Written, bool Removable)> RunAsync(long? limit, CancellationToken cancel)
    {
        long left = limit ?? long.MaxValue;
        long before = input.RowNumber;
        if (scope.Session is not null)
        {
            return (await step.RunAsync(scope, one => SendAllAsync(one, Batches([], left, cancel), cancel), () => IsDone, cancel).ConfigureAwait(false), false);
        }

        if (!scope.Adapter.HasTransactions)
        {
            return (await step.RunAsync(scope, _ => SendAndRemoveAsync(Batches([], left, cancel), before, cancel), () => IsDone, cancel).ConfigureAwait(false), true);
        }

        List<WriteBatch> held = [];
        long bytes = 0;
        long rows = 0;
        while (!MongoSave.IsLarge(bytes, rows, step.HasLedger) && await TakeAsync(left - rows, cancel).ConfigureAwait(false) is { } batch)
        {
            held.Add(batch);
            bytes += batch.Bytes;
            rows += batch.Count;
        }

        bool large = MongoSave.IsLarge(bytes, rows, step.HasLedger);
        step.RequireTransaction(large, collection.Table, "Say -CommitEvery, which keeps the ledger commit by commit.");
        if (large)
        {
            return (await SendAndRemoveAsync(Batches(held, left, cancel), before, cancel).ConfigureAwait(false), true);
        }

        long sent = _sent;
        return (await step.RunAsync(
            scope,
            one =>
            {
                _sent = sent;
                return SendAllAsync(one, Held(held), cancel);
            },
            () => IsDone,
            cancel).ConfigureAwait(false), false);
    }

    private async Task<Written> SendAllAsync(MongoScope one, IAsyncEnumerable<WriteBatch> batches, CancellationToken cancel)
    {
        Written written = default;
        await foreach (WriteBatch batch in batches.ConfigureAwait(false))
        {
            written += await SendAsync(one, batch, null, cancel).ConfigureAwait(false);
        }

        return written;
    }

    private async Task<Written> SendAndRemoveAsync(IAsyncEnumerable<WriteBatch> batches, long before, CancellationToken cancel)
    {
        Acknowledged landed = new(collection.Table, ids, before);
        List<Task<Written>> flying = [];
        Written written = default;
        try
        {
            await foreach (WriteBatch batch in batches.ConfigureAwait(false))
            {
                landed.Begin(batch);
                // what is under way is waited for, not cancelled: the server could do it after the removal
                flying.Add(SendAsync(scope, batch, landed, CancellationToken.None));
                if (flying.Count == InFlight)
                {
                    Task<Written> done = await Task.WhenAny(flying).ConfigureAwait(false);
                    flying.Remove(done);
                    written += await done.ConfigureAwait(false);
                }
            }

            foreach (Written last in await Task.WhenAll(flying).ConfigureAwait(false))
            {
                written += last;
            }

            cancel.ThrowIfCancellationRequested();
            return written;
        }
        catch (Exception e)
        {
            await Task.WhenAll(flying.Select(task => task.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)))
                .ConfigureAwait(false);
            await landed.RemoveAsync(scope, e).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Written> SendAsync(MongoScope one, WriteBatch batch, Acknowledged? landed, CancellationToken cancel)
    {
        WriteOutcome outcome = await batch.SendAsync(one, cancel).ConfigureAwait(false);
        landed?.End(batch, outcome);
        Written written = new(outcome.Whole());
        options.OnProgress?.Invoke(Interlocked.Add(ref _sent, batch.Count));
        return written;
    }

    private static async IAsyncEnumerable<WriteBatch> Held(List<WriteBatch> batches)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (WriteBatch batch in batches)
        {
            yield return batch;
        }
    }

    private async IAsyncEnumerable<WriteBatch> Batches(List<WriteBatch> held, long left, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        while (held.Count > 0)
        {
            WriteBatch first = held[0];
            held.RemoveAt(0);
            left -= first.Count;
            yield return first;
        }

        while (await TakeAsync(left, cancel).ConfigureAwait(false) is { } batch)
        {
            left -= batch.Count;
            yield return batch;
        }
    }

    private async Task<WriteBatch?> TakeAsync(long left, CancellationToken cancel)
    {
        int most = (int)Math.Min(left, options.BatchSize ?? BatchRows);
        WriteBatch batch = new(collection.Table, collection.Table);
        while (!batch.IsFull(most))
        {
            RowStep step = await _walker.NextAsync(cancel).ConfigureAwait(false);
            if (step == RowStep.End)
            {
                IsDone = true;
                break;
            }

            if (step == RowStep.Row)
            {
                _encoder.Add(batch, input, input.RowNumber, ids);
            }
        }

        return batch.Count > 0 ? batch : null;
    }
}
