using System.Collections.Concurrent;
using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// A commit of a batch on a server without transactions. Its entry stands in the ledger from before the first row on, with a lease that keeps other senders off; one change
/// of that entry, which only the lease's holder can make, says that the commit is there. Whoever finds an entry whose lease has run out removes what its holder has written, by
/// the ids that the batch makes, and takes its place. Each holder makes ids of its own, so that none can remove or complete another's rows.
/// </summary>
internal sealed class BatchLease : IAsyncDisposable
{
    /// <summary>How long a lease holds where its holder has died.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    /// <summary>How long before that its holder stops sending, so that nothing of it is under way when somebody else begins.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Leases of this process that could not be taken or given back, since the server was gone: nobody uses them any more.</summary>
    private static readonly ConcurrentDictionary<string, bool> s_givenUp = new();

    private readonly MongoScope _scope;
    private readonly TableName _ledger;
    private readonly BsonDocument _entry;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop = new();
    private Stopwatch _sinceRenewal = Stopwatch.StartNew();
    private Task _renewal = Task.CompletedTask;
    private bool _isOver;

    private BatchLease(MongoScope scope, TableName ledger, BsonDocument entry)
    {
        _scope = scope;
        _ledger = ledger;
        _entry = entry;
    }

    /// <summary>How many held the lease of this commit before.</summary>
    public int Fence { get; private set; }

    private BsonDocument Mine => new(_entry) { { MongoLedger.Owner, _owner } };

    /// <summary>Takes the lease of a commit; waits for whoever holds it.</summary>
    /// <param name="scope">Outside any transaction.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="entry">What finds the commit's entry.</param>
    /// <param name="document">The entry.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="BatchTakenException">Another call has landed the commit, or holds it for too long.</exception>
    public static async Task<BatchLease> TakeAsync(MongoScope scope, TableName ledger, BsonDocument entry, BsonDocument document, CancellationToken cancel)
    {
        BatchLease lease = new(scope, ledger, entry);
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            while (!await lease.TryTakeAsync(document, cancel).ConfigureAwait(false))
            {
                if (watch.Elapsed > Patience)
                {
                    throw new BatchTakenException();
                }

                await Task.Delay(Random.Shared.Next(100, 400), cancel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not BatchTakenException)
        {
            // the entry may be there although its answer was lost: then the next sender of this process need not wait until it runs out
            s_givenUp[lease._owner] = true;
            throw;
        }

        lease._renewal = Task.Run(lease.RenewAsync, CancellationToken.None);
        return lease;
    }

    /// <summary>Called before each sending.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: the lease was not renewed for too long.</exception>
    public void RequireHeld()
    {
        if (_isOver || _sinceRenewal.Elapsed > Duration - Margin)
        {
            throw Lost();
        }
    }

    /// <summary>Completes the entry: from then on the commit is there.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: somebody else has taken it over. <see cref="DbErrorKind.OutcomeUnknown"/>: the server does not answer.</exception>
    public async Task CompleteAsync(BsonDocument set)
    {
        await StopAsync().ConfigureAwait(false);
        BsonDocument change = new() { { "$set", set }, { "$unset", new BsonDocument { { MongoLedger.Owner, "" }, { MongoLedger.Until, "" }, { MongoLedger.FenceName, "" } } } };
        Exception? last = null;
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < Patience;)
        {
            try
            {
                if (await _scope.UpdateAsync(_ledger, Mine, change, CancellationToken.None).ConfigureAwait(false) == 1
                    || (last is not null && await _scope.CountAsync(_ledger, new(_entry) { { MongoLedger.Owner, BsonNull.Value } }, CancellationToken.None).ConfigureAwait(false) == 1))
                {
                    return;
                }

                throw Lost();
            }
            catch (Exception e) when (e is MongoException or TimeoutException or IOException)
            {
                // the answer was lost: asked again, the entry itself tells
                last = e;
                await Task.Delay(200).ConfigureAwait(false);
            }
        }

        throw new DbConductorException(
            DbErrorKind.OutcomeUnknown, "The server does not answer whether the batch is there. Send it again under the same -BatchId: what has landed is not written twice.", last) { Target = _ledger.ToString() };
    }

    /// <summary>Gives the commit up: the next sender need not wait, takes the entry over and removes what may be left.</summary>
    /// <param name="isGone">Whether the server is, so that it need not be told: the lease runs out, and this process knows.</param>
    public async Task GiveUpAsync(bool isGone)
    {
        await StopAsync().ConfigureAwait(false);
        s_givenUp[_owner] = true;
        try
        {
            if (!isGone)
            {
                await _scope.UpdateAsync(_ledger, Mine, new("$set", new BsonDocument(MongoLedger.Until, DateTime.UnixEpoch)), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is MongoException or TimeoutException or IOException or ObjectDisposedException)
        {
            // it runs out
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
    }

    private async Task<bool> TryTakeAsync(BsonDocument document, CancellationToken cancel)
    {
        DateTime now = (await _scope.Adapter.GetServerTimeAsync(cancel).ConfigureAwait(false)).UtcDateTime;
        Stopwatch since = Stopwatch.StartNew();
        BsonDocument lease = new() { { MongoLedger.Owner, _owner }, { MongoLedger.Until, now + Duration } };
        IMongoCollection<BsonDocument> ledger = _scope.Collection<BsonDocument>(_ledger);
        BsonDocument? found = await ledger.Find(_entry).FirstOrDefaultAsync(cancel).ConfigureAwait(false);
        if (found is null)
        {
            try
            {
                await ledger.InsertOneAsync(new BsonDocument(document).AddRange(lease).Add(MongoLedger.FenceName, 0), null, cancel).ConfigureAwait(false);
                _sinceRenewal = since;
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Code == 11000)
            {
                return false;
            }
        }

        if (found.GetValue(MongoLedger.Owner, BsonNull.Value) is not BsonString owner)
        {
            throw new BatchTakenException();
        }

        if (found[MongoLedger.Until].ToUniversalTime() > now && !s_givenUp.ContainsKey(owner.Value))
        {
            return false;
        }

        // one change of one document: of two that find it, one gets it
        BsonDocument expected = new(_entry) { { MongoLedger.Owner, owner }, { MongoLedger.Until, found[MongoLedger.Until] } };
        Fence = found[MongoLedger.FenceName].ToInt32() + 1;
        bool taken = await _scope.UpdateAsync(_ledger, expected, new("$set", lease.Add(MongoLedger.FenceName, Fence)), cancel).ConfigureAwait(false) == 1;
        _sinceRenewal = since;
        if (taken)
        {
            s_givenUp.TryRemove(owner.Value, out _);
        }

        return taken;
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Duration / 10, _stop.Token).ConfigureAwait(false);
                try
                {
                    Stopwatch since = Stopwatch.StartNew();
                    DateTime now = (await _scope.Adapter.GetServerTimeAsync(_stop.Token).ConfigureAwait(false)).UtcDateTime;
                    _isOver = await _scope.UpdateAsync(_ledger, Mine, new("$set", new BsonDocument(MongoLedger.Until, now + Duration)), _stop.Token).ConfigureAwait(false) == 0;
                    _sinceRenewal = _isOver ? _sinceRenewal : since;
                }
                catch (Exception e) when (e is MongoException or TimeoutException or IOException or DbConductorException)
                {
                    // the server may answer again before the time is over
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private DbConductorException Lost() => new(
        DbErrorKind.Busy, "The batch's lease ran out while this call did not renew it, and another sender may have taken the batch over. Send it again: what has landed meanwhile is not written twice.")
    { Target = _ledger.ToString(), IsTransient = true };
}
