using DbConductor.Adapters.Sqlite;
using Xunit;

namespace DbConductor.Tests.Contract;

// rows that are written under the lease of a stash in another database: the number that the ledger keeps of it
public abstract partial class ContractTests
{
    public static TheoryData<SaveMode, string?, long?> FencedWrites => new()
    {
        { SaveMode.Insert, null, null },
        { SaveMode.Insert, null, 2 },
        { SaveMode.Insert, "fenced batch", null },
        { SaveMode.SkipExisting, null, null },
        { SaveMode.Upsert, null, 2 },
        { SaveMode.Overwrite, null, null },
    };

    [SkippableTheory]
    [MemberData(nameof(FencedWrites))]
    public async Task A_holder_that_was_paused_is_refused_by_the_table_that_a_later_one_has_written(SaveMode mode, string? batch, long? commitEvery)
    {
        TableName table = await CreateAsync(Pair, "id");
        await using Stashes stashes = await Stashes.OpenAsync();
        await using StashLease first = (await stashes.Store.TryLockAsync("night", TimeSpan.FromMinutes(1), default))!;
        await Write(first, SaveMode.Insert, 1, null, null);
        await using StashLease second = await stashes.TakeOverAsync("night");

        // the stash's own database says so
        DbConductorException lost = await Fails(DbErrorKind.Busy, () => Write(first, mode, 2, batch, commitEvery));
        Assert.Contains("'night' was lost", lost.Message, StringComparison.Ordinal);
        await Write(second, SaveMode.Insert, 3, null, null);

        // and where its answer came before the pause, the table's
        await using StashLease late = await stashes.AsBeforeAsync("night", first);
        DbConductorException refused = await Fails(DbErrorKind.Busy, () => Write(late, mode, 4, batch, commitEvery));
        Assert.Contains("lease of stash 'night'", refused.Message, StringComparison.Ordinal);
        Assert.Equal((table.ToString(), false), (refused.Target, refused.IsTransient));
        Assert.Equal([1, 3], (await RowsOf(table)).Select(row => row[0]).Order());

        // of another stash the number begins anew
        await using StashLease other = (await stashes.Store.TryLockAsync("day", TimeSpan.FromMinutes(1), default))!;
        Assert.True(other.Fence < second.Fence);
        await Write(other, SaveMode.Insert, 5, null, null);
        Assert.Equal([1, 3, 5], (await RowsOf(table)).Select(row => row[0]).Order());

        Task<SaveResult> Write(StashLease lease, SaveMode how, int id, string? batchId, long? every) =>
            Db.SaveAsync(table, Spec.Rows(Pair, [id, "x"]), new() { Lease = lease, Mode = how, BatchId = batchId, CommitEvery = every }, default);
    }

    [SkippableFact]
    public async Task A_lease_holds_in_a_transaction_and_its_number_goes_with_it()
    {
        SkipUnless(Db.Info.Transactions, "the server has no transactions");
        TableName table = await CreateAsync(Pair, "id");
        await using Stashes stashes = await Stashes.OpenAsync();
        await using StashLease first = (await stashes.Store.TryLockAsync("night", TimeSpan.FromMinutes(1), default))!;
        await Db.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), new() { Lease = first }, default);
        await using StashLease second = await stashes.TakeOverAsync("night");

        // rolled back, it was never there
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(table, Spec.Rows(Pair, [2, "x"]), new() { Lease = second }, default);
            await transaction.RollbackAsync(default);
        }

        await using StashLease late = await stashes.AsBeforeAsync("night", first);
        await Db.SaveAsync(table, Spec.Rows(Pair, [3, "x"]), new() { Lease = late }, default);

        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(table, Spec.Rows(Pair, [4, "x"]), new() { Lease = await stashes.AsBeforeAsync("night", second) }, default);
            await transaction.CommitAsync(default);
        }

        await using (IDbTransaction transaction = await BeginAsync())
        {
            await Fails(DbErrorKind.Busy, () => transaction.SaveAsync(table, Spec.Rows(Pair, [5, "x"]), new() { Lease = late }, default));
        }

        Assert.Equal([1, 3, 4], (await RowsOf(table)).Select(row => row[0]).Order());
    }

    [SkippableFact]
    public async Task Leases_end_with_their_session()
    {
        string name = NewStash();
        StashStore store = new(Db);
        StashLease lease = (await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default))!;
        await using StashLease elsewhere = (await new StashStore(Db).TryLockAsync(NewStash(), TimeSpan.FromMinutes(1), default))!;

        await store.EndLeasesAsync(default);

        Assert.True(lease.IsLost);
        Assert.False(elsewhere.IsLost);
        await using StashLease? next = await new StashStore(Db).TryLockAsync(name, TimeSpan.FromMinutes(1), default);
        Assert.Equal(lease.Fence + 1, next?.Fence);
        await lease.DisposeAsync();
        Assert.False(next!.IsLost);
    }

    /// <summary>A database of stashes that is not the one under test.</summary>
    private sealed class Stashes(IDbAdapter adapter, string folder) : IAsyncDisposable
    {
        public StashStore Store { get; } = new(adapter);

        public static async Task<Stashes> OpenAsync()
        {
            string folder = Directory.CreateTempSubdirectory("dbconductor-stashes-").FullName;
            IDbAdapter adapter = new SqliteAdapterFactory().Create(new() { Name = "stashes", Type = "Sqlite", Database = Path.Combine(folder, "stashes.db") }, new AdapterServices());
            await adapter.ConnectAsync(default);
            return new(adapter, folder);
        }

        /// <summary>Somebody else takes a lease whose time ran out while its holder was paused.</summary>
        public async Task<StashLease> TakeOverAsync(string name)
        {
            await adapter.UpdateAsync(s_heads, Filter.Equal("name", name), new Dictionary<string, object?> { ["lease_until"] = 0L }, default);
            return (await Store.TryLockAsync(name, TimeSpan.FromMinutes(1), default))!;
        }

        /// <summary>A lease as it was before it was taken over, in its holder's eyes and its database's.</summary>
        public async Task<StashLease> AsBeforeAsync(string name, StashLease lease)
        {
            StashManifest manifest = new(adapter);
            StashHead now = (await manifest.HeadAsync(name, default))!;
            StashHead before = now with { LeaseOwner = lease.Owner, Fence = lease.Fence, LeaseUntil = StashTables.Micros(DateTimeOffset.UtcNow.AddMinutes(1)) };
            Assert.True(await manifest.SwapHeadAsync(now, before, default));
            return new StashLease(manifest, before, TimeSpan.FromMinutes(1));
        }

        public async ValueTask DisposeAsync()
        {
            await adapter.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
