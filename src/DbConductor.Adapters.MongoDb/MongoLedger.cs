using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The ledger as one batch sees it (<see cref="LedgerEntry"/>). Each commit of the batch is a transaction that enters itself first: of two senders one meets a conflict, begins
/// anew and finds what the other has landed. On a server without transactions a lease takes their place (<see cref="BatchLease"/>).
/// </summary>
internal sealed class MongoLedger
{
    /// <summary>Who is writing a commit that is not there yet, on a server without transactions.</summary>
    public const string Owner = "lease_owner";

    /// <summary>Until when, by the server's clock.</summary>
    public const string Until = "lease_until";

    /// <summary>How many did before.</summary>
    public const string FenceName = "lease_fence";

    /// <summary>The ledger's columns here.</summary>
    public static readonly TableSchema Schema = LedgerEntry.Schema with
    {
        Columns = [.. LedgerEntry.Schema.Columns, new(Owner, new(PortableKind.String)), new(Until, new(PortableKind.DateTimeOffset)), new(FenceName, new(PortableKind.Int32))],
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MongoScope _scope;
    private readonly TableName _ledger;
    private readonly LedgerEntry _batch;

    private MongoLedger(MongoScope scope, TableName ledger, LedgerEntry batch)
    {
        _scope = scope;
        _ledger = ledger;
        _batch = batch;
    }

    /// <summary>The content of the input that was read so far.</summary>
    public BatchContent Content { get; } = new(_ => true);

    /// <summary>The batch's last commit that is known; null where it has none.</summary>
    public LedgerEntry? Last { get; private set; }

    private string Id => LedgerEntry.IdOf(_batch.Target, _batch.BatchId);

    /// <summary>Finds the ledger beside a collection, or creates it, and looks for the batch.</summary>
    public static async Task<MongoLedger> OpenAsync(MongoScope scope, TableName table, SaveOptions options, CancellationToken cancel)
    {
        if (options.Mode is SaveMode.Upsert or SaveMode.Overwrite)
        {
            Standalone.Refuse(scope, table, $"-Mode {options.Mode} with -BatchId", "Make the server a replica set (one member is enough), or leave -BatchId out.");
        }

        TableName ledger = table with { Name = LedgerEntry.Table };
        await SideCollection.OpenAsync(scope, ledger, Schema, cancel).ConfigureAwait(false);
        MongoLedger opened = new(scope, ledger, new() { Target = table.Name, BatchId = options.BatchId!, Mode = options.Mode });
        await opened.LookAsync(cancel).ConfigureAwait(false);
        return opened;
    }

    /// <summary>Asks what has landed of the batch.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        BatchQuery query = new(_ledger)
        {
            Where = Filter.All(Filter.Equal("id", Id), Filter.Equal(Owner, null)),
            Columns = [.. LedgerEntry.Schema.Columns.Select(c => new ColumnPick(c.Name, c.Name))],
            OrderBy = [new("chunk", Descending: true)],
            First = 1,
        };
        await using DocumentRows rows = await DocumentQuery.OpenAsync(_scope, query, cancel).ConfigureAwait(false);
        Last = await rows.ReadAsync(cancel).ConfigureAwait(false) ? LedgerEntry.Read(rows) : null;
        Last?.RequireMode(_batch.Mode);
    }

    /// <summary>Reads the part of the input that has landed, and compares it.</summary>
    /// <returns>Whether all of the batch is there.</returns>
    public async Task<bool> SkipAsync(DocumentInput? input, CancellationToken cancel)
    {
        if (Last is not { } last)
        {
            return false;
        }

        RowWalker? walker = input is null ? null : new(input);
        while (walker is not null && (last.IsComplete || Content.Rows < last.InputRows))
        {
            if (await walker.NextAsync(cancel).ConfigureAwait(false) == RowStep.End)
            {
                break;
            }
        }

        last.RequireContent(Content);
        return last.IsComplete;
    }

    /// <summary>Enters the next commit, before its rows are written.</summary>
    /// <exception cref="BatchTakenException">Another call has landed it.</exception>
    public async Task BeginAsync(MongoScope transaction, CancellationToken cancel)
    {
        try
        {
            await transaction.InsertAsync(_ledger, [Document(Next(0, 0, isComplete: false))], cancel).ConfigureAwait(false);
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0 && e.WriteErrors[0].Code == 11000)
        {
            throw new BatchTakenException();
        }
    }

    /// <summary>Enters the next commit on a server without transactions, and removes what another sender has left of it.</summary>
    /// <param name="ids">Become the lease's.</param>
    /// <param name="rejects">The call's rejects.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="BatchTakenException">Another call has landed it.</exception>
    public async Task<BatchLease> LeaseAsync(MadeIds ids, MongoRejects? rejects, CancellationToken cancel)
    {
        long before = Last?.InputRows ?? 0;
        int chunk = (Last?.Chunk ?? 0) + 1;
        BsonDocument document = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonDocument>(Document(Next(0, 0, isComplete: false)).Bytes);
        BatchLease lease = await BatchLease.TakeAsync(_scope, _ledger, new() { { "id", Id }, { "chunk", chunk } }, document, cancel).ConfigureAwait(false);
        ids.Take(Id, lease);

        try
        {
            // one whose last answer is not known to have come
            IOException died = new($"An earlier sender of batch '{_batch.BatchId}' has died.");
            for (int fence = 0; fence < lease.Fence; fence++)
            {
                await Removal.RunAsync(_scope, Table, MadeIds.Of(Id, fence).From(before + 1), died).ConfigureAwait(false);
            }

            await (rejects?.TakeOverAsync(Id, lease, before, died) ?? Task.CompletedTask).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            await lease.GiveUpAsync(isGone: false).ConfigureAwait(false);
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes the entry of a commit that was entered under a lease.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: rows of another sender are there too.</exception>
    public async Task<LedgerEntry> CompleteAsync(BatchLease lease, Written written, long landed, long rejected, bool isComplete)
    {
        long there = 0;
        for (int fence = 0; fence <= lease.Fence; fence++)
        {
            there += await _scope.CountAsync(Table, MadeIds.Of(Id, fence).From((Last?.InputRows ?? 0) + 1), CancellationToken.None).ConfigureAwait(false);
        }

        if (there != written.Added)
        {
            throw new DbConductorException(
                DbErrorKind.Busy, $"Rows of another sender of batch '{_batch.BatchId}' came while this one wrote, or rows of this one were removed. Send the batch again.") { Target = Table.ToString(), IsTransient = true };
        }

        LedgerEntry entry = Next(landed, rejected, isComplete);
        await lease.CompleteAsync(Set(entry)).ConfigureAwait(false);
        return entry;
    }

    /// <summary>Puts the numbers into the entry, once the rows are written.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="landed">Rows that landed in this commit.</param>
    /// <param name="rejected">Rows that were rejected in this commit.</param>
    /// <param name="isComplete">Whether the input has ended.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The entry, to be known as the last one once the transaction is committed.</returns>
    public async Task<LedgerEntry> EndAsync(MongoScope transaction, long landed, long rejected, bool isComplete, CancellationToken cancel)
    {
        LedgerEntry entry = Next(landed, rejected, isComplete);
        await transaction.UpdateAsync(_ledger, new() { { "id", Id }, { "chunk", entry.Chunk } }, new("$set", Set(entry)), cancel).ConfigureAwait(false);
        return entry;
    }

    /// <summary>Called after the commit.</summary>
    public void Committed(LedgerEntry entry) => Last = entry;

    /// <summary>
    /// Whether a commit whose answer was lost is there; null where the server does not tell for too long. Where there is no entry, one is tried and given up again: it would
    /// meet a conflict if the transaction were still under way.
    /// </summary>
    public async Task<bool?> AskAsync()
    {
        int chunk = (Last?.Chunk ?? 0) + 1;
        MongoScope outside = new(_scope.Adapter, null);
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            try
            {
                if (await outside.CountAsync(_ledger, new() { { "id", Id }, { "chunk", chunk } }, CancellationToken.None).ConfigureAwait(false) > 0)
                {
                    return true;
                }

                using IClientSessionHandle session = await MongoDbConnection.BeginAsync(_scope.Adapter, CancellationToken.None).ConfigureAwait(false);
                await BeginAsync(new(_scope.Adapter, session), CancellationToken.None).ConfigureAwait(false);
                await MongoDbConnection.AbortAsync(session).ConfigureAwait(false);
                return false;
            }
            catch (Exception e) when (e is MongoException or TimeoutException or IOException or BatchTakenException)
            {
                await Task.Delay(200).ConfigureAwait(false);
            }
        }

        return null;
    }

    private TableName Table => _ledger with { Name = _batch.Target };

    private BsonDocument Set(LedgerEntry entry)
    {
        BsonDocument set = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonDocument>(Document(entry).Bytes);
        set.Remove(CollectionSchema.Id);
        return set;
    }

    private LedgerEntry Next(long landed, long rejected, bool isComplete)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return _batch with
        {
            Chunk = (Last?.Chunk ?? 0) + 1,
            Rows = (Last?.Rows ?? 0) + landed,
            Rejected = (Last?.Rejected ?? 0) + rejected,
            InputRows = Content.Rows,
            Content = Content.ToString(),
            IsComplete = isComplete,
            Time = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)),
        };
    }

    private RawDocument Document(LedgerEntry entry) => Document(_ledger, entry);

    /// <summary>An entry as a document.</summary>
    public static RawDocument Document(TableName ledger, LedgerEntry entry)
    {
        using BufferedRows row = new(LedgerEntry.Schema.Columns, [entry.ToValues()]);
        row.Read();
        return new RowEncoder(new(ledger), []).Document(row, 1, new MadeIds().Make(1));
    }
}
