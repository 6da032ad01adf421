using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>
/// Several processes write one stash, and hold its lease, while they or the server are killed at random moments: no version that was acknowledged is lost, none is seen
/// half, no number is given twice, and nobody ever holds a lease that somebody else holds.
/// </summary>
[Trait(Faults.Category, Faults.Name)]
public abstract class StashFaultTests(StashFaultTests.OwnServer own) : IClassFixture<StashFaultTests.OwnServer>
{
    private const int Writers = 3;

    /// <summary>Many enough that a version takes several round trips, and its half could be seen.</summary>
    private const int Rows = 1500;

    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(1.5);
    private static readonly string[] s_columns = ["id int", "tag string"];

    private static int Kills => Faults.Full ? 100 : 10;

    /// <summary>Starts a server of the tests' own, or makes a file; skips where that cannot be had.</summary>
    private protected abstract FaultServer StartServer();

    /// <summary>A process that saves versions of a stash until it is killed.</summary>
    internal static async Task SaveAsync(string name)
    {
        await using IDbAdapter adapter = await ChildProcess.ConnectAsync();
        StashStore store = new(adapter);
        for (int i = 0; ; i++)
        {
            StashVersion version = await SaveAsync(store, name, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.{i}"), null);
            Console.WriteLine(version.Version);
        }
    }

    /// <summary>A process that takes the lease of a stash, waits so many milliseconds, saves a version under it and gives it back, until it is killed.</summary>
    internal static async Task HoldAsync(string name, int least, int most)
    {
        await using IDbAdapter adapter = await ChildProcess.ConnectAsync();
        StashStore store = new(adapter);
        Random random = new();
        while (true)
        {
            if (await store.TryLockAsync(name, LeaseTime, default) is not { } lease)
            {
                await Task.Delay(random.Next(20, 60));
                continue;
            }

            // by the one clock that all share
            DateTimeOffset taken = await adapter.GetServerTimeAsync(default);
            Console.WriteLine(Invariant($"taken {lease.Fence} {taken.UtcTicks}"));
            await Task.Delay(random.Next(least, most));
            try
            {
                StashVersion version = await SaveAsync(store, name, Invariant($"fence {lease.Fence}"), lease);
                Console.WriteLine(Invariant($"saved {lease.Fence} {version.Version}"));
                DateTimeOffset last = await adapter.GetServerTimeAsync(default);
                if (!lease.IsLost)
                {
                    Console.WriteLine(Invariant($"given {lease.Fence} {last.UtcTicks}"));
                }
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.Busy)
            {
                Console.WriteLine(Invariant($"refused {lease.Fence} 0"));
            }

            await lease.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Writers_that_are_killed_at_random_moments_lose_no_version_and_show_no_half()
    {
        FaultServer server = own.Get(StartServer);
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        StashStore store = new(db);
        await SaveAsync(store, "killed", "first", null);
        using CancellationTokenSource stop = new();
        Task<int> reading = Task.Run(() => ReadWholeVersionsAsync(server.Profile, "killed", stop.Token));
        Dictionary<long, int> acknowledged = [];
        await KillInTurnAsync(server.Profile, ["save-stashes", "killed"], lines =>
        {
            foreach (string line in lines)
            {
                Count(acknowledged, long.Parse(line, CultureInfo.InvariantCulture));
            }
        });
        await stop.CancelAsync();

        Assert.True(await reading > 0);
        Assert.True(acknowledged.Count > 0);
        Assert.All(acknowledged, version => Assert.Equal(1, version.Value));
        await AssertWholeAsync(db, "killed", acknowledged.Keys.Max());
    }

    [SkippableFact]
    public async Task A_lease_whose_holders_are_killed_at_random_moments_is_never_held_twice()
    {
        FaultServer server = own.Get(StartServer);
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        await SaveAsync(new(db), "leased", "first", null);
        Dictionary<long, (long Taken, long Given)> holds = [];
        Dictionary<long, int> fences = [];
        SortedDictionary<long, long> saved = [];
        await KillInTurnAsync(server.Profile, ["hold-leases", "leased", "10", "100"], lines =>
        {
            foreach (string[] words in lines.Select(line => line.Split(' ')))
            {
                (long fence, long value) = (long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture));
                switch (words[0])
                {
                    case "taken":
                        Count(fences, fence);
                        holds[fence] = (value, value);
                        break;
                    case "given":
                        holds[fence] = (holds[fence].Taken, value);
                        break;
                    case "saved":
                        saved.Add(value, fence);
                        break;
                }
            }
        });

        Assert.True(saved.Count > 0);
        Assert.All(fences, fence => Assert.Equal(1, fence.Value));
        (long, long)[] inTurn = [.. holds.OrderBy(hold => hold.Key).Select(hold => hold.Value)];
        Assert.All(inTurn.Zip(inTurn.Skip(1)), pair => Assert.True(pair.First.Item2 <= pair.Second.Item1, "a lease was taken while it was held"));
        // who was overtaken publishes nothing any more
        Assert.Equal(saved.Values.Order(), saved.Values);
        await AssertWholeAsync(db, "leased", saved.Keys.Max());
    }

    [SkippableFact]
    public async Task A_holder_that_was_paused_and_overtaken_is_refused()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only here can a process be paused from outside");
        FaultServer server = own.Get(StartServer);
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        StashStore store = new(db);
        await SaveAsync(store, "paused", "first", null);

        // it waits long enough to be stopped in the waiting, and not in a write of its own, on which others of the same file would wait
        using ChildProcess holder = await ChildProcess.StartAsync(server.Profile, "hold-leases", "paused", "1000", "1001");
        string[] words = (await holder.NextAsync()).Split(' ');
        Assert.Equal("taken", words[0]);
        Signal(holder, SigStop);
        Stopwatch watch = Stopwatch.StartNew();
        StashLease? lease = null;
        while ((lease = await store.TryLockAsync("paused", TimeSpan.FromMinutes(1), default)) is null)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "the lease of a paused process does not run out");
            await Task.Delay(50);
        }

        StashVersion mine = await SaveAsync(store, "paused", "mine", lease);
        Signal(holder, SigContinue);
        List<string> said = [];
        while (!said.Any(line => line.StartsWith("refused", StringComparison.Ordinal)))
        {
            said.Add(await holder.NextAsync());
        }

        await holder.KillAsync();
        Assert.Equal([Invariant($"refused {words[1]} 0")], said.Where(line => line.EndsWith(" 0", StringComparison.Ordinal)));
        StashVersion current = (await store.FindAsync("paused", default))!;

        // it may have been stopped behind its publishing, but never publishes behind ours
        Assert.Equal(mine.Id, current.Id);
        await lease.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_server_that_is_killed_at_random_moments_loses_no_version_and_shows_no_half()
    {
        FaultServer server = own.Get(StartServer);
        Skip.If(server.Kill is null, "there is no server");
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        StashStore store = new(db);
        long acknowledged = (await SaveAsync(store, "server", "first", null)).Version;
        ServerKiller killer = new(server, Kills / 2, seed: 4);
        Task<int> killing = killer.RunAsync();
        try
        {
            for (int i = 0; !killing.IsCompleted; i++)
            {
                try
                {
                    long version = (await SaveAsync(store, "server", Invariant($"{i}"), null)).Version;
                    Assert.True(version > acknowledged, "a number was given twice");
                    acknowledged = version;
                    killer.Step();
                }
                // a driver that repeats a write whose answer was lost may meet its own rows
                catch (DbConductorException e) when (e.Kind is DbErrorKind.Connection or DbErrorKind.OutcomeUnknown or DbErrorKind.Timeout or DbErrorKind.Server or DbErrorKind.DuplicateKey)
                {
                    killer.Fail();
                    await BatchFaultTests.ReconnectAsync(db);
                }
            }
        }
        finally
        {
            // else it would start the server again behind the end of the tests
            await killing;
        }

        Assert.True(await killing > 0, "no kill was felt");
        await BatchFaultTests.ReconnectAsync(db);
        await AssertWholeAsync(db, "server", acknowledged);
    }

    /// <summary>Keeps several processes running and kills one after the other.</summary>
    private static async Task KillInTurnAsync(AdapterProfile profile, string[] arguments, Action<List<string>> report)
    {
        Random random = new(3);
        List<ChildProcess> children = [];
        List<string> said = [];
        try
        {
            for (int i = 0; i < Writers; i++)
            {
                children.Add(await ChildProcess.StartAsync(profile, arguments));
            }

            // the first words of each show that it is at work; one that the others leave no turn to may be killed before
            await Task.WhenAny(Task.WhenAll(children.Select(child => child.Begun)), Task.Delay(TimeSpan.FromSeconds(30)));
            for (int kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(random.Next(10, 500));
                ChildProcess victim = children[random.Next(children.Count)];
                children.Remove(victim);
                await EndAsync(victim);
                children.Add(await ChildProcess.StartAsync(profile, arguments));
            }
        }
        finally
        {
            foreach (ChildProcess child in children.Where(child => !child.HasExited))
            {
                await EndAsync(child);
            }
        }

        // a process may have been killed in the middle of a line
        report([.. said.Where(line => line.Length > 0)]);

        async Task EndAsync(ChildProcess child)
        {
            said.AddRange(await child.KillAsync());
            child.Dispose();
        }
    }

    /// <summary>Reads the current version again and again: each read must be whole, of one writer, and none may be older than the one before.</summary>
    private static async Task<int> ReadWholeVersionsAsync(AdapterProfile profile, string name, CancellationToken stop)
    {
        await using IDbAdapter db = await ChildProcess.ConnectAsync(profile);
        StashStore store = new(db);
        int whole = 0;
        long newest = 0;
        while (!stop.IsCancellationRequested)
        {
            StashVersion version = (await store.FindAsync(name, default))!;
            Assert.True(version.Version >= newest, "an older version came back");
            newest = version.Version;
            try
            {
                await AssertWholeAsync(store, version);
                whole++;
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.NotFound)
            {
                // a newer one took its place before it was opened
            }
        }

        return whole;
    }

    private static async Task AssertWholeAsync(StashStore store, StashVersion version)
    {
        await using RowReader rows = await store.OpenAsync(version, new(), default);
        object?[][] all = await rows.ToArrayAsync();
        Assert.Equal(Rows, all.Length);
        Assert.Single(all.Select(row => row[1]).Distinct());
        Assert.Equal(Enumerable.Range(1, Rows), all.Select(row => (int)row[0]!).Order());
    }

    /// <summary>The stash is whole and not older than what was acknowledged, can be written, and cleaning up leaves nothing but it.</summary>
    private static async Task AssertWholeAsync(IDbAdapter db, string name, long acknowledged)
    {
        StashStore store = new(db);
        StashVersion version = (await store.FindAsync(name, default))!;
        Assert.True(version.Version >= acknowledged, "a version that was acknowledged is lost");
        await AssertWholeAsync(store, version);

        StashVersion next = await BatchFaultTests.WhenFreeAsync(() => SaveAsync(store, name, "last", null));
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            await store.RemoveAbandonedAsync(TimeSpan.Zero, default);
            if (await LeftoversAsync(db, store) is not { } leftovers)
            {
                break;
            }

            // what a process sent last, a busy server may do only now
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), leftovers);
            await Task.Delay(500);
        }

        IReadOnlyList<StashVersion> left = await store.ListAsync(default);
        Assert.Equal(version.Version + 1, next.Version);
        Assert.Equal([(next.Id, next.Version)], left.Where(v => v.Name == name).Select(v => (v.Id, v.Version)));
        await AssertWholeAsync(store, next);
    }

    /// <summary>What is in the database beside the versions that the manifest lists; null for nothing.</summary>
    private static async Task<string?> LeftoversAsync(IDbAdapter db, StashStore store)
    {
        List<string> tables = [];
        await foreach (TableName table in db.ListAsync(default))
        {
            tables.Add(table.Name);
        }

        string[] manifest = ["dbconductor_stash", "dbconductor_stash_pins", "dbconductor_stash_versions"];
        IEnumerable<string> listed = (await store.ListAsync(default)).Select(v => v.Table.Name).Order(StringComparer.Ordinal);
        IEnumerable<string> found = tables.Where(t => t.StartsWith("dbconductor_stash", StringComparison.Ordinal)).Except(manifest).Order(StringComparer.Ordinal);
        return listed.SequenceEqual(found) ? null : $"listed are {string.Join(", ", listed)}, found {string.Join(", ", found)}";
    }

    private static Task<StashVersion> SaveAsync(StashStore store, string name, string tag, StashLease? lease) =>
        store.SaveAsync(name, Spec.Stream(s_columns, Rows, i => [i, tag]), new() { Lease = lease }, default);

    private static void Count(Dictionary<long, int> counts, long value) => counts[value] = counts.GetValueOrDefault(value) + 1;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>The server of a class's tests, started by the first of them.</summary>
    public sealed class OwnServer : IDisposable
    {
        private FaultServer? _server;

        /// <inheritdoc/>
        public void Dispose() => _server?.Dispose();

        internal FaultServer Get(Func<FaultServer> start) => _server ??= start();
    }

    private const int SigStop = 19;
    private const int SigContinue = 18;

    private static void Signal(ChildProcess process, int signal) => Assert.Equal(0, SendSignal(process.Id, signal));

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
