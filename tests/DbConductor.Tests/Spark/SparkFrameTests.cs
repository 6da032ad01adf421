using System.Runtime.CompilerServices;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkFrameTests(SparkFixture spark)
{
    private static readonly Guid s_guid = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    private static readonly SparkCall s_call = new("test");

    [SkippableFact]
    public async Task Steps_give_rows_and_types()
    {
        using ISparkFrame sales = await SalesAsync();
        Assert.Equal(["id int", "price decimal", "some key guid", "day date"], Shown(sales));
        Assert.Equal(4, await sales.CountAsync(s_call, default));

        // a column's name is no expression, and what Spark has no type for stays what it is
        ISparkFrame some = await (await sales.FilterAsync("price > 1", default)).SelectAsync([new("some key"), new("price * 2", "twice"), new("ID", "no")], default);
        Assert.Equal(["some key guid", "twice decimal(6,3)", "no int"], Shown(some));
        Assert.Equal([[s_guid, 3.000m, 1], [s_guid, 4.000m, 2]], await RowsAsync(await some.SortAsync([new("twice")], default)));
        Assert.Equal([[4.000m], [3.000m]], await RowsAsync(await (await some.SelectAsync([new("twice")], default)).SortAsync([new("TWICE", true)], default)));

        ISparkFrame grouped = await sales.GroupAsync([new("id"), new("day IS NULL", "open")], [new("count(*)", "n"), new("sum(price)", "total"), new("collect_list(price)", "all")], default);
        Assert.Equal(["id int", "open bool", "n long", "total decimal(14,3)", "all json"], Shown(grouped));
        Assert.Equal([[1, false, 1L, 1.500m, "[1.500]"], [1, true, 1L, 0.255m, "[0.255]"], [2, true, 2L, -1.000m, "[2.000,-3.000]"]], await RowsAsync(await grouped.SortAsync([new("id"), new("open")], default)));
        Assert.Equal([[4L]], await RowsAsync(await sales.GroupAsync([], [new("count(*)", "n")], default)));
        Assert.Equal(2, await (await (await sales.SelectAsync([new("id")], default)).DistinctAsync(default)).CountAsync(s_call, default));
        Assert.Equal(3, (await RowsAsync(await sales.LimitAsync(3, default))).Length);
        Assert.Equal(["id int", "price decimal", "some key guid", "day date", "more int"], Shown(await sales.SelectAsync([new("*"), new("id + 1", "more")], default)));
        await sales.CacheAsync(default);
        Assert.Equal(4, await sales.CountAsync(s_call, default));
        Assert.Contains("InMemory", await sales.ExplainAsync(default), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Errors_of_expressions_have_a_kind_and_quote_the_expression()
    {
        using ISparkFrame sales = await SalesAsync();
        foreach ((DbErrorKind kind, string quoted, Func<Task<ISparkFrame>> step) in new (DbErrorKind, string, Func<Task<ISparkFrame>>)[]
        {
            (DbErrorKind.Syntax, "Filter('price >')", () => sales.FilterAsync("price >", default)),
            (DbErrorKind.ColumnNotFound, "Filter('nope > 1')", () => sales.FilterAsync("nope > 1", default)),
            (DbErrorKind.Syntax, "Select('nope(id)')", () => sales.SelectAsync([new("nope(id)")], default)),
            (DbErrorKind.InvalidArgument, "Select('id', 'id')", () => sales.SelectAsync([new("id"), new("id")], default)),
            (DbErrorKind.ColumnNotFound, "OrderBy('nope')", () => sales.SortAsync([new("nope")], default)),
            (DbErrorKind.Syntax, "GroupBy('id', 'avg(price')", () => sales.GroupAsync([new("id")], [new("avg(price")], default)),
        })
        {
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(step);
            Assert.Equal((quoted, kind), (quoted, error.Kind));
            Assert.StartsWith(quoted, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("dbconductor_", error.Message, StringComparison.Ordinal);
        }

        // a value that cannot be cast is found when rows are asked for
        ISparkFrame cast = await sales.SelectAsync([new("cast(`some key` as int)", "i")], default);
        Assert.Equal(DbErrorKind.InvalidData, (await Assert.ThrowsAsync<DbConductorException>(() => cast.ReadAsync(s_call, default))).Kind);
    }

    [SkippableTheory]
    [InlineData(JoinType.Inner)]
    [InlineData(JoinType.Full)]
    [InlineData(JoinType.Anti)]
    public async Task Frames_join_as_the_embedded_join_does_and_are_sides_and_views(JoinType type)
    {
        ISparkSession session = await spark.SessionAsync();
        JoinInput left = Input(["id int", "v string", "n double"], [[1, "a", 1.5], [2, "b", null], [null, "c", 0.1]]);
        JoinInput right = Input(["ID long", "v string", "t time"], [[1L, "x", new TimeOnly(1, 2, 3)], [1L, "y", null], [3L, "z", null]]);
        JoinSpec spec = new([new("id", "id")]) { Type = type };
        await using JoinedRows embedded = await new EmbeddedJoin().JoinAsync(await left.Open(default), await right.Open(default), spec, default);
        string[] columns = [.. embedded.Columns.Select(c => $"{c.Name} {c.Type}")];
        List<string> expected = [.. (await embedded.ToArrayAsync()).Select(NestedLoop.Show).Order(StringComparer.Ordinal)];

        using ISparkFrame l = await session.FrameAsync(left, s_call, default);
        using ISparkFrame r = await session.FrameAsync(right, s_call, default);
        ISparkFrame joined = await l.JoinAsync(r, spec, default);
        Assert.Equal(columns, Shown(joined));
        Assert.Equal(expected, Sorted(await RowsAsync(joined)));

        SparkResult sides = await session.RunAsync(new SparkJoin(JoinInput.OfFrame(l), JoinInput.OfFrame(r), spec), s_call, default);
        Assert.Equal(expected, Sorted(await RowsAsync(sides)));
        Assert.Contains("(frame of rows; frame of rows)", sides.Path, StringComparison.Ordinal);

        // once more joined, with a side that is none
        ISparkFrame again = await joined.JoinAsync(r, new([new("id", "ID")]) { Type = JoinType.Semi }, default);
        SparkResult query = await session.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["a"] = JoinInput.OfFrame(again), ["b"] = right }, "select count(distinct a.id) n from a join b on a.id = b.id"), s_call, default);
        Assert.Equal([[type == JoinType.Anti ? 0L : type == JoinType.Full ? 2L : 1L]], await RowsAsync(query));
    }

    [SkippableFact]
    public async Task Nested_values_stay_so_in_views_and_become_JSON_outside()
    {
        ISparkSession session = await spark.SessionAsync();
        using ISparkFrame sales = await SalesAsync();
        ISparkFrame nested = await sales.GroupAsync([], [new("sort_array(collect_set(id))", "ids"), new("named_struct('a', 1)", "s")], default);
        SparkResult exploded = await session.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["v"] = JoinInput.OfFrame(nested) }, "select explode(ids) id, s.a from v"), s_call, default);
        Assert.Equal([[1, 1], [2, 1]], await RowsAsync(exploded));
        Assert.Equal([["[1,2]", "{\"a\":1}"]], await RowsAsync(nested));
    }

    [SkippableFact]
    public async Task Files_go_with_the_frame_and_what_was_made_of_it_says_so()
    {
        ISparkSession session = await spark.SessionAsync();
        ISparkFrame sales = await SalesAsync();
        ISparkFrame made = await sales.FilterAsync("id = 1", default);
        Assert.Single(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
        sales.Dispose();
        sales.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
        Assert.False(made.IsAlive);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => made.CountAsync(s_call, default));
        Assert.Equal(DbErrorKind.InvalidOperation, error.Kind);
        Assert.Contains("disposed", error.Message, StringComparison.Ordinal);

        await ForgetAsync();
        for (int i = 0; i < 50 && Directory.EnumerateFileSystemEntries(session.Info.WorkPath).Any(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(50);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));

        [MethodImpl(MethodImplOptions.NoInlining)]
        async Task ForgetAsync() => Assert.Equal(2, await (await (await SalesAsync()).FilterAsync("id = 1", default)).CountAsync(s_call, default));
    }

    [SkippableFact]
    public async Task A_frame_of_a_session_that_has_ended_says_so()
    {
        ISparkFrame sales = await SalesAsync();
        await sales.CacheAsync(default);
        string folder = (await spark.SessionAsync()).Info.WorkPath;
        await SparkHost.Process.StopAsync();
        Assert.False(Directory.Exists(folder));
        Assert.False(sales.IsAlive);
        ISparkSession next = await spark.SessionAsync();
        foreach (Func<Task> use in new Func<Task>[]
        {
            () => sales.CountAsync(s_call, default), () => sales.FilterAsync("id = 1", default),
            () => next.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["v"] = JoinInput.OfFrame(sales) }, "select * from v"), s_call, default),
        })
        {
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(use);
            Assert.Equal(DbErrorKind.InvalidOperation, error.Kind);
            Assert.Contains("session that has ended", error.Message, StringComparison.Ordinal);
        }

        sales.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(next.Info.WorkPath));
    }

    [SkippableFact]
    public async Task A_view_keeps_rows_and_types_whatever_its_sides_become_and_is_seen_by_queries()
    {
        ISparkSession session = await spark.SessionAsync();
        List<object?[]> rows = [[1, 1.50m, s_guid, "a"], [2, 2m, null, "b"], [3, 0.25m, null, null]];
        JoinInput changing = new("rows", _ => Task.FromResult(Spec.Rows(["id int", "price decimal", "key guid", "v string"], [.. rows])));
        using ISparkFrame kept = await session.KeepAsync("Kept", new SparkJoin(changing, Input(["id int", "w double"], [[1, 0.5], [2, 1.5]]), new([new("id", "id")])), s_call, default);
        rows.Clear();
        Assert.Equal(("Kept", 2L, "view 'Kept'"), (kept.View, kept.RowCount, kept.Description));
        Assert.Equal(["id int", "price decimal", "key guid", "v string", "w double"], Shown(kept));
        Assert.Equal([[1, 1.50m, s_guid, "a", 0.5], [2, 2.00m, null, "b", 1.5]], await RowsAsync(await kept.SortAsync([new("id")], default)));
        Dictionary<string, JoinInput> none = [];
        Assert.Equal([[3.50m, 2L]], await RowsAsync(await session.RunAsync(new SparkQuery(none, "select sum(price), count(*) n from kept"), s_call, default)));

        // what no file has a type for is text; a view of a view; one of the call's own of the same name goes over it
        using ISparkFrame odd = await session.KeepAsync("odd", new SparkQuery(none, "select null nothing, make_interval(1) i, collect_list(id) ids, timestamp_ntz'2024-02-29 01:02:03' t, max(key) key from KEPT"), s_call, default);
        Assert.Equal(["nothing string", "i string", "ids json", "t datetime", "key string"], Shown(odd));
        Assert.Equal([[null, "1 years", "[1,2]", new DateTime(2024, 2, 29, 1, 2, 3), s_guid.ToString()]], await RowsAsync(odd));
        Assert.Equal([[1L]], await RowsAsync(await session.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["KEPT"] = Input(["id int"], [[7]]) }, "select count(*) n from kept"), s_call, default)));

        // the name goes to the one that took it last; the one before stays a handle
        using ISparkFrame next = await session.KeepAsync("kept", new SparkQuery(none, "select * from kept where id = 2"), s_call, default);
        Assert.Equal(2, await kept.CountAsync(s_call, default));
        Assert.Equal([[1L]], await RowsAsync(await session.RunAsync(new SparkQuery(none, "select count(*) n from kept"), s_call, default)));
        kept.Dispose();
        Assert.Equal([[1L]], await RowsAsync(await session.RunAsync(new SparkQuery(none, "select count(*) n from kept"), s_call, default)));
        next.Dispose();
        Assert.Equal(DbErrorKind.NotFound, (await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(new SparkQuery(none, "select count(*) n from kept"), s_call, default))).Kind);
        odd.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
    }

    [SkippableFact]
    public async Task Jobs_are_listed_by_the_names_of_their_calls_newest_first()
    {
        ISparkSession session = await spark.SessionAsync();
        using ISparkFrame sales = await SalesAsync();
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        _ = await sales.CountAsync(new SparkCall("count the sales"), default);
        ISparkFrame bad = await sales.SelectAsync([new("cast(`some key` as int)", "i")], default);
        await Assert.ThrowsAsync<DbConductorException>(() => bad.ReadAsync(new SparkCall("fail to read"), default));

        // Spark tells its list of what has happened a little later
        IReadOnlyList<SparkJob> jobs = session.Jobs(10);
        for (int i = 0; i < 200 && (jobs[0].Name != "fail to read" || jobs[0].Status == "Running"); i++)
        {
            await Task.Delay(50);
            jobs = session.Jobs(10);
        }

        Assert.Equal(jobs.Select(j => j.Id).OrderDescending(), jobs.Select(j => j.Id));
        Assert.Equal(("fail to read", "Failed"), (jobs[0].Name, jobs[0].Status));
        SparkJob counted = jobs.First(j => j.Name == "count the sales");
        Assert.Equal(("Succeeded", counted.Tasks, counted.Stages), (counted.Status, counted.CompletedTasks, counted.Stages));
        Assert.True(counted is { Tasks: > 0, Stages: > 0, CompletedStages: > 0 });
        Assert.InRange(counted.Started!.Value, before, DateTimeOffset.UtcNow);
        Assert.InRange(counted.Elapsed!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(2, session.Jobs(2).Count);
    }

    [SkippableFact]
    public async Task A_view_that_fails_or_is_cancelled_leaves_nothing_and_the_one_before()
    {
        ISparkSession session = await spark.SessionAsync();
        Dictionary<string, JoinInput> none = [];
        using ISparkFrame before = await session.KeepAsync("v", new SparkQuery(none, "select 1 a"), s_call, default);
        Assert.Equal(DbErrorKind.InvalidData, (await Assert.ThrowsAsync<DbConductorException>(() => session.KeepAsync("v", new SparkQuery(none, "select cast('x' as int) a"), s_call, default))).Kind);
        using CancellationTokenSource stop = new();
        JoinInput many = Input(["k int", "v int"], [.. Enumerable.Range(0, 6000).Select(i => new object?[] { 1, i })]);
        Task<ISparkFrame> endless = session.KeepAsync("v", new SparkJoin(many, many, new([new("k", "k")])), s_call, stop.Token);
        for (int i = 0; i < 200 && session.ActiveJobs().Count == 0; i++)
        {
            await Task.Delay(50);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.Equal([[1]], await RowsAsync(await session.RunAsync(new SparkQuery(none, "select * from v"), s_call, default)));
        before.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
    }

    private static JoinInput Input(string[] columns, object?[][] rows) => new("rows", _ => Task.FromResult(Spec.Rows(columns, rows)));

    private static string[] Shown(ISparkFrame frame) => [.. frame.Columns.Select(c => $"{c.Name} {c.Type}")];

    private static async Task<object?[][]> RowsAsync(ISparkFrame frame) => await RowsAsync(await frame.ReadAsync(s_call, default));

    private static async Task<object?[][]> RowsAsync(SparkResult result)
    {
        await using RowReader rows = result.Rows;
        return await rows.ToArrayAsync();
    }

    private static IEnumerable<string> Sorted(object?[][] rows) => rows.Select(NestedLoop.Show).Order(StringComparer.Ordinal);

    private async Task<ISparkFrame> SalesAsync() => await (await spark.SessionAsync()).FrameAsync(
        Input(
            ["id int", "price decimal", "some key guid", "day date"],
            [[1, 1.50m, s_guid, new DateOnly(2024, 2, 29)], [1, 0.255m, null, null], [2, 2m, s_guid, null], [2, -3m, null, null]]),
        s_call,
        default);
}
