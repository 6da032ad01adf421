using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Inserts rows: in a transaction where they fit one, else with several batches in flight and, when the call fails, a removal of what was written. Runs once, or with
/// commits in between, once per commit.
/// </summary>
internal sealed class DocumentInsert(MongoScope scope, CollectionSchema collection, DocumentInput input, SaveOptions options, BatchStep step)
{
    private const int BatchRows = 2000;
    private const int BatchBytes = 2 << 20;
    private const int InFlight = 3;

    private readonly MadeIds _ids = new();
    private readonly RowEncoder _encoder = new(collection, []);
    private readonly RowWalker _walker = new(input);
    private long _sent;

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Inserts rows until the end of the input, or until the limit.</summary>
    /// <returns>The number of rows that landed, and whether they went without a transaction.</returns>
    public async Task<(long Rows, bool Removable)> RunAsync(long? limit, CancellationToken cancel)
    {
        long left = limit ?? long.MaxValue;
        long before = input.RowNumber;
        if (scope.Session is not null)
        {
            return (await step.RunAsync(scope, one => SendAllAsync(one, Batches([], left, cancel), cancel), () => IsDone, cancel).ConfigureAwait(false), false);
        }

        List<Batch> held = [];
        long bytes = 0;
        long most = step.HasLedger ? MongoSave.LedgerBytes : MongoSave.TransactionBytes;
        if (scope.Adapter.HasTransactions)
        {
            while (bytes <= most && await TakeAsync(left - held.Sum(b => b.Documents.Count), cancel).ConfigureAwait(false) is { } batch)
            {
                held.Add(batch);
                bytes += batch.Bytes;
            }

            if (bytes > most && step.HasLedger)
            {
                throw new DbConductorException(
                    DbErrorKind.LimitExceeded, $"A batch of more than {most >> 20} MB is more than one transaction holds. Say -CommitEvery, which keeps the ledger commit by commit.")
                { Target = collection.Table.ToString() };
            }

            if (bytes <= most)
            {
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
        }

        return (await SendAndRemoveAsync(Batches(held, left, cancel), before, cancel).ConfigureAwait(false), true);
    }

    private async Task<long> SendAllAsync(MongoScope one, IAsyncEnumerable<Batch> batches, CancellationToken cancel)
    {
        long rows = 0;
        await foreach (Batch batch in batches.ConfigureAwait(false))
        {
            await SendAsync(one, batch, cancel).ConfigureAwait(false);
            rows += batch.Documents.Count;
        }

        return rows;
    }

    private async Task<long> SendAndRemoveAsync(IAsyncEnumerable<Batch> batches, long before, CancellationToken cancel)
    {
        Acknowledged landed = new(collection.Table, _ids, before);
        List<Task> flying = [];
        long rows = 0;
        try
        {
            await foreach (Batch batch in batches.ConfigureAwait(false))
            {
                landed.Begin(batch);
                // what is under way is waited for, not cancelled: the server could do it after the removal
                flying.Add(SendAsync(scope, batch, CancellationToken.None));
                rows += batch.Documents.Count;
                if (flying.Count == InFlight)
                {
                    Task done = await Task.WhenAny(flying).ConfigureAwait(false);
                    flying.Remove(done);
                    await done.ConfigureAwait(false);
                }
            }

            await Task.WhenAll(flying).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return rows;
        }
        catch (Exception e)
        {
            await Task.WhenAll(flying.Select(task => task.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)))
                .ConfigureAwait(false);
            await landed.RemoveAsync(scope, e).ConfigureAwait(false);
            throw;
        }
    }

    private async Task SendAsync(MongoScope one, Batch batch, CancellationToken cancel)
    {
        try
        {
            await one.InsertAsync(collection.Table, batch.Documents, cancel).ConfigureAwait(false);
            batch.Refused = [];
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0)
        {
            batch.Refused = [.. e.WriteErrors.Select(w => w.Index), .. e.UnprocessedRequests.Select(w => batch.Documents.IndexOf(((InsertOneModel<RawDocument>)w).Document))];
            BulkWriteError first = e.WriteErrors.MinBy(w => w.Index)!;
            throw MongoDbErrors.From(first, collection.Table.ToString(), scope.Adapter.Location, batch.FirstRow + first.Index, e);
        }

        options.OnProgress?.Invoke(Interlocked.Add(ref _sent, batch.Documents.Count));
    }

    private static async IAsyncEnumerable<Batch> Held(List<Batch> batches)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (Batch batch in batches)
        {
            yield return batch;
        }
    }

    private async IAsyncEnumerable<Batch> Batches(List<Batch> held, long left, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        while (held.Count > 0)
        {
            Batch first = held[0];
            held.RemoveAt(0);
            left -= first.Documents.Count;
            yield return first;
        }

        while (await TakeAsync(left, cancel).ConfigureAwait(false) is { } batch)
        {
            left -= batch.Documents.Count;
            yield return batch;
        }
    }

    private async Task<Batch?> TakeAsync(long left, CancellationToken cancel)
    {
        long most = Math.Min(left, options.BatchSize ?? BatchRows);
        Batch batch = new(input.RowNumber + 1);
        while (batch.Documents.Count < most && batch.Bytes < BatchBytes)
        {
            RowStep step = await _walker.NextAsync(cancel).ConfigureAwait(false);
            if (step == RowStep.End)
            {
                IsDone = true;
                break;
            }

            if (step == RowStep.Row)
            {
                long number = input.RowNumber;
                bool own = _encoder.HasOwnId(input);
                RawDocument document = _encoder.Document(input, number, own ? [] : _ids.Make(number));
                batch.Add(document, own);
            }
        }

        return batch.Documents.Count > 0 ? batch : null;
    }

    /// <summary>Documents that go in one round trip.</summary>
    internal sealed class Batch(long firstRow)
    {
        public long FirstRow => firstRow;

        public List<RawDocument> Documents { get; } = [];

        public int Bytes { get; private set; }

        /// <summary>The places of those that bring an <c>_id</c> of their own.</summary>
        public List<int> OwnIds { get; } = [];

        /// <summary>The places of those that the server has refused or not tried; null while it has not answered.</summary>
        public IReadOnlyList<int>? Refused { get; set; }

        public void Add(RawDocument document, bool ownId)
        {
            if (ownId)
            {
                OwnIds.Add(Documents.Count);
            }

            Documents.Add(document);
            Bytes += document.Bytes.Length;
        }
    }
}
