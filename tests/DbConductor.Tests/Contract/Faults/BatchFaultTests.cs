using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>
/// Batches with an id are sent in a loop while the sender's process, or the server, is killed at random moments, and sent again until they are there: in the
/// end not one row is lost, and none is there twice. The table has no key that could hide one.
/// </summary>
[Trait(Faults.Category, Faults.Name)]
public abstract class BatchFaultTests
{
    private const int RowsPerBatch = 500;
    private static readonly string[] Columns = ["batch int", "n int", "v string"];
    private static readonly string Pad = new('x', 200);
    private static int s_names;

    private readonly TableName _table = new(null, $"batches_{Interlocked.Increment(ref s_names)}");

    private static int Kills => Faults.Full ? 50 : 5;

    /// <summary>Starts a server of the tests' own, or makes a file; skips where that cannot be had.</summary>
    private protected abstract FaultServer StartServer();

    /// <summary>A process that sends batches until it is killed, as <see cref="Program"/> runs it.</summary>
    internal static async Task SendAsync(TableName table, int first)
    {
        await using IDbAdapter adapter = await ChildProcess.ConnectAsync();

        // a batch that is there warms the process up, so that what follows is under way when it is killed
        await SendAsync(adapter, table, 0);
        Console.WriteLine("ready");
        for (int batch = first; ; batch++)
        {
            await SendAsync(adapter, table, batch);
            Console.WriteLine(batch);
        }
    }

    [SkippableFact]
    public async Task A_sender_that_is_killed_at_random_moments_loses_no_row_and_doubles_none()
    {
        using FaultServer server = StartServer();
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        await db.CreateAsync(_table, Spec.Table(Columns), default);
        await SendAsync(db, _table, 0);
        Random random = new(1);
        int acknowledged = 0;
        int longest = 400;

        // on a busy machine the first senders may not come to a commit at all: then later ones get more time
        for (int kill = 0; kill < Kills || (acknowledged == 0 && longest < 60_000); kill++)
        {
            longest *= acknowledged == 0 && kill > 0 ? 2 : 1;
            using ChildProcess child = await ChildProcess.StartAsync(
                server.Profile, "send-batches", _table.Name, (acknowledged + 1).ToString(CultureInfo.InvariantCulture));
            Assert.Equal("ready", await child.NextAsync());
            await Task.Delay(random.Next(10, longest));
            foreach (string line in await child.KillAsync())
            {
                acknowledged = int.TryParse(line, CultureInfo.InvariantCulture, out int batch) ? batch : acknowledged;
            }
        }

        Assert.True(acknowledged > 0);
        await AssertWholeAsync(db, acknowledged);
    }

    [SkippableFact]
    public async Task A_server_that_is_killed_at_random_moments_loses_no_row_and_doubles_none()
    {
        using FaultServer server = StartServer();
        Skip.If(server.Kill is null, "there is no server");
        await using IDbAdapter db = await ChildProcess.ConnectAsync(server.Profile);
        await db.CreateAsync(_table, Spec.Table(Columns), default);
        await SendAsync(db, _table, 0);
        ServerKiller killer = new(server, Kills, seed: 2);
        Task<int> killing = killer.RunAsync();
        int sent = 0;
        while (!killing.IsCompleted)
        {
            try
            {
                await SendAsync(db, _table, sent + 1);
                sent++;
                killer.Step();
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.Busy)
            {
                // without transactions the lease of the call that was broken off must run out first
                await Task.Delay(100);
            }
            catch (DbConductorException e) when (e.Kind is DbErrorKind.Connection or DbErrorKind.OutcomeUnknown or DbErrorKind.Timeout or DbErrorKind.Server)
            {
                killer.Fail();
                await ReconnectAsync(db);
            }
        }

        Assert.True(await killing > 0, "no kill was felt");
        await ReconnectAsync(db);
        await AssertWholeAsync(db, sent);
    }

    /// <summary>Does something once the lease of a process that was killed has run out.</summary>
    internal static async Task<T> WhenFreeAsync<T>(Func<Task<T>> work)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.Busy && watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(100);
            }
        }
    }

    // every other batch is committed in several steps, of which some may be there
    private static Task<SaveResult> SendAsync(IDbAdapter adapter, TableName table, int batch) => adapter.SaveAsync(
        table,
        Spec.Stream(Columns, RowsPerBatch, i => [batch, i, Pad]),
        new SaveOptions { BatchId = $"batch {batch}", CommitEvery = batch % 2 == 0 ? 100 : null },
        default);

    private async Task AssertWholeAsync(IDbAdapter db, int acknowledged)
    {
        for (int batch = 0; batch <= acknowledged; batch++)
        {
            Assert.Equal(SaveStatus.Replayed, (await SendAsync(db, _table, batch)).Status);
        }

        // the one that was under way at the last kill
        await WhenFreeAsync(() => SendAsync(db, _table, acknowledged + 1));
        HashSet<(int, int)> seen = [];
        await using RowReader rows = await db.GetAsync(new BatchQuery(_table), default);
        while (await rows.ReadAsync())
        {
            Assert.True(seen.Add((rows.GetInt32(0), rows.GetInt32(1))), "a row is there twice");
        }

        Assert.Equal((acknowledged + 2) * RowsPerBatch, seen.Count);
    }

    internal static async Task ReconnectAsync(IDbAdapter db)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await db.ConnectAsync(default);
                return;
            }
            catch (DbConductorException) when (watch.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(100);
            }
        }
    }
}
