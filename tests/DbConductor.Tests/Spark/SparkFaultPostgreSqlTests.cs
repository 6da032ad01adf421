using System.Diagnostics;
using System.Text.RegularExpressions;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Servers;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>What ends in the middle of a join: the driver, the server that is written to, the disk, the operator's patience. Nothing of it is to be found afterwards.</summary>
[Collection("Spark")]
[Trait(Faults.Category, Faults.Name)]
public sealed partial class SparkFaultPostgreSqlTests(SparkFixture spark, PostgreSqlFaultTests.Cluster server) : IClassFixture<PostgreSqlFaultTests.Cluster>
{
    private const int Rows = 60_000;

    private static readonly string[] s_columns = ["id int!", "v string"];

    public enum Moment
    {
        HandOver,
        Job,
        Write,
    }

    public static TheoryData<Moment, string> Ends()
    {
        TheoryData<Moment, string> ends = new() { { Moment.Job, "KILL" }, { Moment.Write, "TERM" } };
        if (Faults.Full)
        {
            ends.Add(Moment.HandOver, "KILL");
            ends.Add(Moment.HandOver, "TERM");
            ends.Add(Moment.Job, "TERM");
            ends.Add(Moment.Write, "KILL");
        }

        return ends;
    }

    [SkippableTheory]
    [MemberData(nameof(Ends))]
    public async Task A_driver_that_ends_leaves_the_target_as_it_was_or_with_all_rows_and_nothing_beside(Moment moment, string signal)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "signals are sent by kill");
        ISparkSession session = await spark.SessionAsync();
        string temporary = TemporaryFolder(session.Info.ProcessId);
        Assert.True(Directory.Exists(temporary), temporary);
        await using IDbAdapter db = await OpenAsync();
        TableName table = await TableAsync(db);
        Exception? error = await Record.ExceptionAsync(() => JoinIntoAsync(session, db, table, moment, () => ThrowawayServer.Run("kill", $"-{signal}", $"{session.Info.ProcessId}"), default));

        // what Spark had finished may still land, as a whole
        if (error is null)
        {
            Assert.Equal(Moment.Write, moment);
        }
        else
        {
            DbConductorException said = Assert.IsType<DbConductorException>(error);
            Assert.Equal(moment == Moment.Write ? DbErrorKind.NotFound : DbErrorKind.Connection, said.Kind);
            Assert.Contains(moment == Moment.Write ? "cannot be read" : "Start another one with Start-SparkSession", said.Message, StringComparison.Ordinal);
        }

        Assert.Equal(error is null ? Rows + 1 : 1, await CountAsync(db, table));
        for (int i = 0; i < 100 && session.IsAlive; i++)
        {
            await Task.Delay(100);
        }

        Assert.False(session.IsAlive);
        await SparkHost.Process.StopAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(session.Info.ProcessId));
        Assert.False(Directory.Exists(session.Info.WorkPath), session.Info.WorkPath);
        Assert.False(Directory.Exists(temporary), temporary);

        // and the next one starts
        await JoinsAsync(await spark.SessionAsync());
    }

    [SkippableTheory]
    [InlineData(Moment.HandOver)]
    [InlineData(Moment.Job)]
    [InlineData(Moment.Write)]
    public async Task Cancelling_leaves_the_target_as_it_was_and_nothing_beside(Moment moment)
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = await TableAsync(db);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JoinIntoAsync(session, db, table, moment, stop.Cancel, stop.Token));
        Assert.Equal(1, await CountAsync(db, table));
        Assert.Empty(session.ActiveJobs());
        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
        await JoinsAsync(session);
    }

    [SkippableFact]
    public async Task A_server_killed_in_the_write_has_nothing_of_it_and_Spark_goes_on()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = await TableAsync(db);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => JoinIntoAsync(session, db, table, Moment.Write, server.Kill, default));
        Assert.Equal(DbErrorKind.Connection, error.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
        server.Start();
        await db.ConnectAsync(default);
        Assert.Equal(1, await CountAsync(db, table));
        await JoinIntoAsync(session, db, table, Moment.Write, () => { }, default);
        Assert.Equal(Rows + 1, await CountAsync(db, table));
    }

    [SkippableFact]
    public async Task A_full_disk_is_an_error_that_says_so_and_is_empty_afterwards()
    {
        _ = await spark.SessionAsync();
        await SparkHost.Process.StopAsync();
        using SmallDisk disk = SmallDisk.Mount(8);
        try
        {
            ISparkSession session = await SparkHost.Process.StartAsync(SparkFixture.Settings with { WorkPath = disk.Path }, _ => { }, default);

            // the rows that are handed over, and the result of few rows
            foreach ((int count, int length, bool same) in new[] { (200_000, 100, false), (1000, 100, true) })
            {
                JoinInput side = new("rows", _ => Task.FromResult(Spec.Stream(s_columns, count, i => [same ? 1 : i, new string('x', length)])));
                DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(new SparkJoin(side, side, new([new("id", "id")])), new SparkCall("too much"), default));
                Assert.True(error.Kind == DbErrorKind.LimitExceeded, error.ToString());
                Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
                Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
            }

            await JoinsAsync(session);
            await SparkHost.Process.StopAsync();
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        }
        finally
        {
            await SparkHost.Process.StopAsync();
        }
    }

    /// <summary>Joins rows with themselves into a table, and does something at a moment of it.</summary>
    private static async Task JoinIntoAsync(ISparkSession session, IDbAdapter db, TableName table, Moment moment, Action act, CancellationToken cancel)
    {
        bool isLong = moment == Moment.Job;
        JoinInput left = new("left", _ => Task.FromResult(Spec.Stream(s_columns, isLong ? 6000 : Rows, i =>
        {
            if (moment == Moment.HandOver && i == Rows / 2)
            {
                act();
            }

            return [isLong ? 1 : i, new string('x', 50)];
        })));
        JoinInput right = new("right", _ => Task.FromResult(Spec.Stream(["id int"], isLong ? 6000 : Rows, i => [isLong ? 1 : i])));
        Task<SparkResult> join = session.RunAsync(new SparkJoin(left, right, new([new("id", "id")])), new SparkCall("fault"), cancel);
        if (isLong)
        {
            for (int i = 0; i < 400 && session.ActiveJobs().Count == 0; i++)
            {
                await Task.Delay(50, CancellationToken.None);
            }

            Assert.NotEmpty(session.ActiveJobs());
            act();
        }

        SparkResult result = await join;
        await using RowReader rows = result.Rows;
        RowReader watched = Spec.Stream(s_columns, Watched());
        await db.SaveAsync(table, watched, new(), cancel);

        IEnumerable<object?[]> Watched()
        {
            for (int i = 0; rows.Read(); i++)
            {
                if (moment == Moment.Write && i == Rows / 3)
                {
                    act();
                }

                yield return [rows.GetValue(0), rows.GetValue(1)];
            }
        }
    }

    private static async Task JoinsAsync(ISparkSession session)
    {
        JoinInput side = new("rows", _ => Task.FromResult(Spec.Rows(["id int"], [1], [2])));
        SparkResult result = await session.RunAsync(new SparkJoin(side, side, new([new("id", "id")])), new SparkCall("after a fault"), default);
        await using RowReader rows = result.Rows;
        Assert.Equal(2, (await rows.ToArrayAsync()).Length);
    }

    /// <summary>Where a driver puts what it keeps on disk for a while, by its command line.</summary>
    private static string TemporaryFolder(int process) => JavaTemporary().Match(File.ReadAllText($"/proc/{process}/cmdline")).Groups[1].Value;

    private static async Task<TableName> TableAsync(IDbAdapter db)
    {
        TableName table = new(null, $"fault_{Guid.NewGuid():N}");
        await db.CreateAsync(table, Spec.Table(s_columns, "id"), default);
        await db.SaveAsync(table, Spec.Rows(s_columns, [-1, "old"]), new(), default);
        return table;
    }

    private static async Task<int> CountAsync(IDbAdapter db, TableName table)
    {
        await using RowReader rows = await db.GetAsync(new BatchQuery(table), default);
        return (await rows.ToArrayAsync()).Length;
    }

    private async Task<IDbAdapter> OpenAsync()
    {
        server.Start();
        NpgsqlConnectionStringBuilder settings = new(server.ConnectionString);
        IDbAdapter db = new PostgreSqlAdapterFactory().Create(
            new() { Name = "test", Type = "PostgreSql", Server = settings.Host, Port = server.Port, Database = settings.Database, UserName = settings.Username, Password = new Secret(settings.Password!) },
            new AdapterServices());
        await db.ConnectAsync(default);
        return db;
    }

    [GeneratedRegex(@"-Djava\.io\.tmpdir=([^\0]+)")]
    private static partial Regex JavaTemporary();
}
