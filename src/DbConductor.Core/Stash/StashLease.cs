using System.Collections.Concurrent;

namespace DbConductor;

/// <summary>
/// The right to write a stash, held by one process at a time. It is renewed in the background until it is disposed, or its session ends; a holder that dies loses it when its
/// time is over, and one that was paused so long that somebody else took it is refused from then on, by the lease's number. Other tables are written under it too
/// (<see cref="SaveOptions.Lease"/>): the ledger beside them keeps the highest number that has written there.
/// </summary>
public sealed class StashLease : IAsyncDisposable
{
    /// <summary>Those of this process that are renewed.</summary>
    private static readonly ConcurrentDictionary<StashLease, bool> s_held = new();

    private readonly StashManifest _manifest;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewal;

    internal StashLease(StashManifest manifest, StashHead head, TimeSpan duration)
    {
        (_manifest, _duration) = (manifest, duration);
        (Name, Owner, Fence, Until) = (head.Name, head.LeaseOwner!, head.Fence, StashTables.Time(head.LeaseUntil));
        s_held[this] = true;
        _renewal = Task.Run(RenewAsync);
    }

    /// <summary>The stash's name.</summary>
    public string Name { get; }

    /// <summary>Who holds it: user, machine, process and a number of the lease's own.</summary>
    public string Owner { get; }

    /// <summary>The fencing number: greater than that of every earlier holder.</summary>
    public long Fence { get; }

    /// <summary>Until when it holds if it is not renewed, by the server's clock.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>Whether somebody else has it now, or it was given back.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Where the stash is, as its session names the place: what tells leases of one name apart.</summary>
    public string Place => $"{_manifest.Info.Type} {_manifest.Info.Location}";

    /// <summary>Asks the stash's database whether the lease is held still.</summary>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: it was lost or given back.</exception>
    public async Task RequireHeldAsync(CancellationToken cancel)
    {
        if (!IsLost && (await _manifest.HeadAsync(Name, cancel).ConfigureAwait(false) is not { } head || !Holds(head)))
        {
            IsLost = true;
        }

        RequireNotLost();
    }

    /// <summary>Refuses a lease of which it is known that it was lost or given back.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>.</exception>
    public void RequireNotLost()
    {
        if (IsLost)
        {
            throw Lost();
        }
    }

    /// <summary>The error of a write whose target has taken rows under a later lease.</summary>
    /// <param name="target">The table.</param>
    public DbConductorException Superseded(TableName target) => new(
        DbErrorKind.Busy,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"'{target}' was not written under the lease of stash '{Name}': somebody who took that lease later than number {Fence} has written beside it. Nothing was kept. Take it anew with Lock-DbStash."))
    { Target = target.ToString() };

    /// <summary>Ends the leases of one store, whose session ends: gives them back where its database answers.</summary>
    internal static async Task EndAsync(StashManifest store, CancellationToken cancel)
    {
        foreach (StashLease lease in s_held.Keys.Where(l => ReferenceEquals(l._manifest, store)))
        {
            await lease.EndAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(CancellationToken cancel)
    {
        try
        {
            await GiveBackAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbConductorException or OperationCanceledException)
        {
            // it runs out
            IsLost = true;
        }
    }

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync() => await GiveBackAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task GiveBackAsync(CancellationToken cancel)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        s_held.TryRemove(this, out _);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        while (!IsLost && await _manifest.HeadAsync(Name, cancel).ConfigureAwait(false) is { } head && Holds(head))
        {
            IsLost = await _manifest.SwapHeadAsync(head, head with { LeaseOwner = null, LeaseUntil = 0 }, cancel).ConfigureAwait(false);
        }

        IsLost = true;
        _stop.Dispose();
    }

    /// <summary>
    /// Renews this process's leases in a database with one writer, within a transaction that is about to be committed: it has kept their renewal in the background waiting, and
    /// nobody could take them meanwhile.
    /// </summary>
    /// <param name="database">The database that the transaction is in.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancel">Cancels.</param>
    public static async Task RenewWithinAsync(AdapterInfo database, IDbTransaction transaction, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(transaction);
        if (!database.SingleWriter)
        {
            return;
        }

        foreach (StashLease lease in s_held.Keys.Where(l => !l.IsLost && IsSame(l._manifest.Info, database)))
        {
            await lease.TryRenewAsync(transaction, cancel).ConfigureAwait(false);
        }
    }

    // of two sessions in memory each has a database of its own, though both are called the same
    private static bool IsSame(AdapterInfo one, AdapterInfo other) =>
        ReferenceEquals(one, other) || (one.Type == other.Type && one.Location == other.Location && Path.IsPathFullyQualified(one.Location));

    /// <summary>Whether a stash's row says that this lease holds it.</summary>
    internal bool Holds(StashHead head) => head.LeaseOwner == Owner && head.Fence == Fence;

    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: it is another stash's.</exception>
    internal void RequireFor(string name)
    {
        if (Name != name)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"The lease is that of stash '{Name}', and not of '{name}'. Take the one of '{name}' with Lock-DbStash.") { Target = name };
        }
    }

    internal DbConductorException Lost() => new(
        DbErrorKind.Busy,
        $"The lease of stash '{Name}' {(_stop.IsCancellationRequested ? "was given back" : "was lost: its time ran out while this process did not renew it, and somebody else took it")}. "
        + "Nothing of this write was kept. Take it anew with Lock-DbStash.")
    { Target = Name };

    private async Task RenewAsync()
    {
        try
        {
            while (!IsLost)
            {
                await Task.Delay(_duration / 3, _stop.Token).ConfigureAwait(false);
                try
                {
                    await TryRenewAsync(null, _stop.Token).ConfigureAwait(false);
                }
                catch (DbConductorException)
                {
                    // the server may answer again before the time is over; if not, the publishing finds out
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TryRenewAsync(IDbTransaction? within, CancellationToken cancel)
    {
        // a database with one writer is a file, whose clock is this machine's; asking it could wait for the transaction itself
        long now = within is null ? await _manifest.NowAsync(cancel).ConfigureAwait(false) : StashTables.Micros(DateTimeOffset.UtcNow);
        long until = now + StashTables.Micros(_duration);
        StashHead? head = within is null ? await _manifest.HeadAsync(Name, cancel).ConfigureAwait(false) : await _manifest.HeadAsync(Name, within, cancel).ConfigureAwait(false);
        if (head is null || !Holds(head))
        {
            IsLost = true;
            s_held.TryRemove(this, out _);
            return;
        }

        StashHead renewed = head with { LeaseUntil = until };
        if (within is null ? await _manifest.SwapHeadAsync(head, renewed, cancel).ConfigureAwait(false) : await _manifest.SwapHeadAsync(head, renewed, within, cancel).ConfigureAwait(false))
        {
            Until = StashTables.Time(until);
        }
    }
}
