using System.Diagnostics;
using System.Globalization;
using DbConductor.Adapters.Sqlite;
using DbConductor.Tests.Servers;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DbConductor.Tests.Contract;

[Trait(Faults.Category, Faults.Name)]
public sealed class SqliteFaultTests : IDisposable
{
    private static readonly string[] Pair = ["id int!", "v string"];
    private static readonly TableName Table = new(null, "t");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dbconductor-faults-");

    public static TheoryData<SaveMode, int> Kills
    {
        get
        {
            TheoryData<SaveMode, int> kills = [];
            foreach (SaveMode mode in Faults.Modes)
            {
                foreach (int point in Faults.Points.Where(p => p > 0))
                {
                    kills.Add(mode, point);
                }
            }

            return kills;
        }
    }

    private string File => Path.Combine(_directory.FullName, "test.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task A_process_killed_in_the_middle_of_a_write_leaves_nothing(SaveMode mode, int rows)
    {
        await using IDbAdapter db = await OpenAsync(File);
        await FillAsync(db);

        using (Process child = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(SqliteFaultTests).Assembly.Location, "write-sqlite", File, Table.Name, mode.ToString(), rows.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!)
        {
            Assert.Equal("now", await child.StandardOutput.ReadLineAsync());
            await Task.Delay(20);
            Assert.False(child.HasExited);
            child.Kill();
            await child.WaitForExitAsync();
        }

        Assert.Equal([[-1, "old"]], await RowsOf(db));
        await db.SaveAsync(Table, Spec.Rows(Pair, [1, "new"]), new(), default);
        Assert.Equal([["ok"]], await SqlAsync(db, "pragma integrity_check"));
        Assert.Equal([[-1, "old"], [1, "new"]], await RowsOf(db));
    }

    [Theory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.Overwrite)]
    public async Task A_database_that_may_not_grow_keeps_nothing_of_the_write(SaveMode mode)
    {
        await using IDbAdapter db = await OpenAsync(File);
        await FillAsync(db);
        await using (IDbTransaction transaction = await db.BeginAsync(System.Data.IsolationLevel.Unspecified, default))
        {
            await SqlAsync(transaction, "pragma max_page_count = 100");
            await transaction.SaveAsync(Table, Spec.Rows(Pair, [1, "before"]), new(), default);

            DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(
                () => transaction.SaveAsync(Table, Spec.Stream(Pair, 50_000, i => [i + 10, new string('x', 100)]), new SaveOptions { Mode = mode }, default));

            Assert.Equal(DbErrorKind.LimitExceeded, error.Kind);
            error = await Assert.ThrowsAnyAsync<DbConductorException>(() => transaction.SaveAsync(Table, Spec.Rows(Pair, [2, "after"]), new(), default));
            Assert.Equal(DbErrorKind.InvalidOperation, error.Kind);
            error = await Assert.ThrowsAnyAsync<DbConductorException>(() => transaction.CommitAsync(default));
            Assert.Equal(DbErrorKind.InvalidOperation, error.Kind);
            await transaction.RollbackAsync(default);
        }

        Assert.Equal([[-1, "old"]], await RowsOf(db));
    }

    [SkippableFact]
    public async Task A_full_disk_keeps_nothing_of_the_write_and_the_session_goes_on()
    {
        using SmallDisk disk = SmallDisk.Mount(2);
        await using IDbAdapter db = await OpenAsync(Path.Combine(disk.Path, "test.db"));
        await FillAsync(db);

        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(
            () => db.SaveAsync(Table, Spec.Stream(Pair, 50_000, i => [i, new string('x', 100)]), new(), default));

        Assert.Equal(DbErrorKind.LimitExceeded, error.Kind);
        Assert.Contains("disk", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([[-1, "old"]], await RowsOf(db));
        await db.SaveAsync(Table, Spec.Rows(Pair, [1, "small"]), new(), default);
        Assert.Equal([["ok"]], await SqlAsync(db, "pragma integrity_check"));
    }

    [SkippableFact]
    public async Task A_file_that_may_not_be_written_can_be_read_unless_it_needs_files_beside_it()
    {
        using SmallDisk disk = SmallDisk.Mount(2);
        string file = Path.Combine(disk.Path, "plain.db");
        string wal = Path.Combine(disk.Path, "wal.db");
        foreach (string path in new[] { file, wal })
        {
            await using IDbAdapter writer = await OpenAsync(path);
            await FillAsync(writer);
        }

        await using (SqliteConnection connection = new($"Data Source={file};Pooling=false"))
        {
            await connection.OpenAsync();
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "pragma journal_mode = delete";
            Assert.Equal("delete", await command.ExecuteScalarAsync());
        }

        disk.MakeReadOnly();
        await using (IDbAdapter db = await OpenAsync(file))
        {
            Assert.Equal([[-1, "old"]], await RowsOf(db));
            DbConductorException refused = await Assert.ThrowsAnyAsync<DbConductorException>(
                () => db.SaveAsync(Table, Spec.Rows(Pair, [1, "new"]), new(), default));
            Assert.Equal(DbErrorKind.Permission, refused.Kind);
        }

        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(() => OpenAsync(wal));
        Assert.Equal(DbErrorKind.Permission, error.Kind);
    }

    [Fact]
    public async Task A_file_opened_for_reading_takes_no_write()
    {
        await using IDbAdapter writer = await OpenAsync(File);
        await FillAsync(writer);
        await using IDbAdapter db = await OpenAsync(File, ("Mode", "ReadOnly"));

        Assert.Equal([[-1, "old"]], await RowsOf(db));
        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(
            () => db.SaveAsync(Table, Spec.Rows(Pair, [1, "new"]), new(), default));
        Assert.Equal(DbErrorKind.Permission, error.Kind);
    }

    [Fact]
    public async Task Of_two_writers_on_one_file_the_second_waits()
    {
        await using IDbAdapter one = await OpenAsync(File);
        await using IDbAdapter two = await OpenAsync(File);
        await FillAsync(one);
        await using IDbTransaction transaction = await one.BeginAsync(System.Data.IsolationLevel.Unspecified, default);
        await transaction.SaveAsync(Table, Spec.Rows(Pair, [1, "one"]), new(), default);

        Task<SaveResult> second = Task.Run(() => two.SaveAsync(Table, Spec.Rows(Pair, [2, "two"]), new(), default));
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        await transaction.CommitAsync(default);
        await second;

        Assert.Equal([[-1, "old"], [1, "one"], [2, "two"]], await RowsOf(one));
    }

    [Fact]
    public async Task A_writer_that_waited_long_enough_says_that_the_file_is_busy()
    {
        await using IDbAdapter one = await OpenAsync(File);
        await using IDbAdapter two = await OpenAsync(File, ("Default Timeout", "1"));
        await FillAsync(one);
        await using IDbTransaction transaction = await one.BeginAsync(System.Data.IsolationLevel.Unspecified, default);

        Stopwatch watch = Stopwatch.StartNew();
        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(
            () => two.SaveAsync(Table, Spec.Rows(Pair, [2, "two"]), new(), default));

        Assert.Equal(DbErrorKind.Busy, error.Kind);
        Assert.True(error.IsTransient);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_write_meets_no_lock_left_by_a_reader()
    {
        await using IDbAdapter one = await OpenAsync(File);
        await using IDbAdapter two = await OpenAsync(File, ("Default Timeout", "1"));
        await FillAsync(one);
        await one.SaveAsync(Table, Spec.Stream(Pair, 5000, i => [i, "x"]), new(), default);

        await using RowReader rows = await one.GetAsync(new BatchQuery(Table), default);
        Assert.True(await rows.ReadAsync());
        Assert.Equal(1, await two.DeleteAsync(Table, Filter.Equal("id", -1), default));
    }

    private static async Task<IDbAdapter> OpenAsync(string file, params (string Name, string Value)[] options)
    {
        IDbAdapter adapter = new SqliteAdapterFactory().Create(
            new() { Name = "test", Type = "Sqlite", Database = file, Options = options.ToDictionary(o => o.Name, o => o.Value) }, new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }

    private static async Task FillAsync(IDbAdapter db)
    {
        await db.CreateAsync(Table, Spec.Table(Pair, "id"), default);
        await db.SaveAsync(Table, Spec.Rows(Pair, [-1, "old"]), new(), default);
    }

    private static async Task<object?[][]> RowsOf(IDbAdapter db)
    {
        await using RowReader rows = await db.GetAsync(new BatchQuery(Table) { OrderBy = [new("id")] }, default);
        return await rows.ToArrayAsync();
    }

    private static async Task<object?[][]> SqlAsync(IDbOperations db, string text)
    {
        await using IQueryResults results = await db.QueryAsync(new NativeQuery(text), default);
        return await results.NextAsync(default) is { } rows ? await rows.ToArrayAsync() : [];
    }
}
