using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkJoinTests(SparkFixture spark)
{
    public static TheoryData<string> Keys() => new(
        "int:long", "short:long", "long:decimal", "decimal:decimal", "double:double", "float:double", "int:double", "decimal:double", "long:float", "string:string", "bool:bool", "date:date",
        "date:datetime", "datetime:datetime", "datetimeoffset:datetimeoffset", "time:time", "timespan:timespan", "guid:guid", "binary:binary", "int,string:int,string");

    [SkippableFact]
    public async Task Every_kind_of_join_gives_the_rows_of_the_embedded_join()
    {
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            await GivesTheSameAsync(["int"], ["int"], type);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Keys))]
    public Task Keys_are_equal_where_the_embedded_join_finds_them_equal(string keys) =>
        GivesTheSameAsync(keys.Split(':')[0].Split(','), keys.Split(':')[1].Split(','), JoinType.Full);

    [SkippableFact]
    public async Task Values_of_every_type_come_back_as_they_went_in()
    {
        (string Column, object?[] Values)[] all =
        [
            ("bool", [true, false, null]),
            ("short", [short.MinValue, short.MaxValue, null]),
            ("int", [int.MinValue, int.MaxValue, null]),
            ("long", [long.MinValue, long.MaxValue, null]),
            ("decimal", [decimal.MinValue, 0.0000000000000000000000000001m, 1.500m]),
            ("decimal(10,2)", [12345678.90m, -0.01m, null]),
            ("float", [float.MinValue, float.NaN, float.Epsilon]),
            ("double", [double.MaxValue, double.NegativeInfinity, 5e-324]),
            ("string", ["", "a\0\n\u2028\"\\\ud83d\udeeb\uffff ", null]),
            ("binary", [Array.Empty<byte>(), new byte[] { 0, 255 }, null]),
            ("date", [DateOnly.MinValue, DateOnly.MaxValue, null]),
            ("time", [TimeOnly.MinValue, new TimeOnly(23, 59, 59, 999, 999), null]),
            ("datetime", [DateTime.MinValue, new DateTime(9999, 12, 31, 23, 59, 59, 999, 999), new DateTime(1500, 2, 28)]),
            ("datetimeoffset", [DateTimeOffset.MinValue, new DateTimeOffset(2024, 3, 31, 1, 30, 0, TimeSpan.Zero), null]),
            ("timespan", [TimeSpan.MinValue, TimeSpan.FromTicks(1), null]),
            ("guid", [Guid.Empty, new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), null]),
        ];
        string[] columns = ["id int", .. all.Select((c, i) => $"v{i} {c.Column}"), "j json"];
        string?[] json = ["{\"a\":[1.50,null,\"\u00e9\"]}", "[]", null];
        object?[][] rows = [.. Enumerable.Range(0, 3).Select(r => all.Select(c => c.Values[r]).Prepend(r).Append(json[r] is { } text ? System.Text.Json.Nodes.JsonNode.Parse(text) : null).ToArray())];
        object?[][] found = await JoinAsync(Input(columns, rows), Input(["id int"], [[0], [1], [2]]), new([new("id", "id")]));
        Assert.Equal(3, found.Length);
        foreach (object?[] row in found)
        {
            object?[] expected = [.. rows[(int)row[0]!].Select(v => v is null ? null : Spec.Plain(v))];
            Assert.Equal(expected, row);
            Assert.Equal(expected.OfType<decimal>().Select(d => d.Scale), row.OfType<decimal>().Select(d => d.Scale));
        }
    }

    [SkippableFact]
    public async Task Columns_without_a_type_have_that_of_their_values()
    {
        object[] values =
        [
            true, long.MaxValue, 1.500m, double.NaN, "a", new byte[] { 0, 255 }, DateOnly.MinValue, TimeOnly.MinValue, new DateTime(1500, 2, 28), DateTimeOffset.MinValue, TimeSpan.FromTicks(-1), Guid.Empty,
        ];
        string[] columns = ["id int", .. values.Select((_, i) => $"v{i} object")];
        object?[][] found = await JoinAsync(Input(columns, [[0, .. values], [1, .. new object?[values.Length]]]), Input(["id int"], [[0], [1]]), new([new("id", "id")]));
        Assert.Equal(values.Select(Spec.Plain), found.Single(row => row[0] is 0)[1..]);
        Assert.All(found.Single(row => row[0] is 1)[1..], Assert.Null);

        JoinInput bytes = Input(["k object"], [[new byte[] { 1 }], [Array.Empty<byte>()]]);
        Assert.Equal(2, (await JoinAsync(bytes, bytes, new([new("k", "k")]))).Length);
    }

    [SkippableFact]
    public async Task A_long_text_comes_back_whole()
    {
        string text = new('x', 21_000_000);
        object?[][] found = await JoinAsync(Input(["id int", "t string"], [[1, text]]), Input(["id int"], [[1]]), new([new("id", "id")]));
        Assert.Equal(text.Length, ((string)Assert.Single(found)[1]!).Length);
    }

    [SkippableFact]
    public async Task An_instant_comes_back_in_UTC()
    {
        DateTimeOffset there = new(2024, 3, 31, 13, 30, 0, TimeSpan.FromHours(13));
        object?[][] found = await JoinAsync(Input(["k datetimeoffset"], [[there]]), Input(["k datetimeoffset"], [[there.ToOffset(TimeSpan.FromHours(-5))]]), new([new("k", "k")]));
        DateTimeOffset instant = Assert.IsType<DateTimeOffset>(Assert.Single(found)[0]);
        Assert.Equal((there, TimeSpan.Zero), (instant, instant.Offset));
    }

    [SkippableFact]
    public async Task A_time_that_Spark_would_cut_is_refused_by_row_and_column()
    {
        _ = await spark.SessionAsync();
        JoinInput left = Input(["k int", "t datetime"], [[1, DateTime.MinValue], [2, DateTime.MinValue.AddTicks(1)]]);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => JoinAsync(left, Input(["k int"], [[1]]), new([new("k", "k")])));
        Assert.Equal((DbErrorKind.InvalidData, 2L, "t"), (error.Kind, error.Row, error.Column));
        await LeavesNothingAsync();
    }

    [SkippableFact]
    public async Task Columns_are_named_picked_and_refused_as_by_the_embedded_join()
    {
        string[] left = ["id int", "v string", "n decimal(10,2)"];
        string[] right = ["ID long", "v string", "w date"];
        object?[][] l = [[1, "a", 1.50m], [2, "b", null]];
        object?[][] r = [[1L, "x", null], [3L, "y", new DateOnly(2024, 2, 29)]];
        await GivesTheSameAsync(Input(left, l), Input(right, r), new([new("id", "id")]) { Type = JoinType.Full });
        await GivesTheSameAsync(Input(left, l), Input(right, r), new([new("id", "id")]) { Type = JoinType.Left, Suffix = "_2", Columns = [new("w", "When it was"), new("v_2", "v"), new("n", "n")] });
        foreach ((DbErrorKind kind, JoinSpec spec) in new (DbErrorKind, JoinSpec)[]
        {
            (DbErrorKind.InvalidType, new([new("id", "v")])),
            (DbErrorKind.ColumnNotFound, new([new("id", "nope")])),
            (DbErrorKind.ColumnNotFound, new([new("id", "id")]) { Columns = [new("nope", "nope")] }),
            (DbErrorKind.InvalidArgument, new([])),
        })
        {
            Assert.Equal(kind, (await Assert.ThrowsAsync<DbConductorException>(() => JoinAsync(Input(left, l), Input(right, r), spec))).Kind);
        }

        await LeavesNothingAsync();
    }

    [SkippableFact]
    public async Task Sides_without_rows_and_results_without_rows_are_no_errors()
    {
        JoinInput none = Input(["id int", "v decimal"], []);
        Assert.Empty(await JoinAsync(none, Input(["id int"], [[1]]), new([new("id", "id")])));
        Assert.Single(await JoinAsync(Input(["id int"], [[1]]), Input(["id int", "v decimal"], []), new([new("id", "id")]) { Type = JoinType.Left }));
        await LeavesNothingAsync();
    }

    [SkippableFact]
    public async Task Cancelling_cancels_the_jobs_and_leaves_nothing()
    {
        ISparkSession session = await spark.SessionAsync();
        object?[][] many = [.. Enumerable.Range(0, 6000).Select(i => new object?[] { 1, i })];
        using CancellationTokenSource stop = new();
        Task<SparkResult> join = session.RunAsync(new SparkJoin(Input(["k int", "v int"], many), Input(["k int", "w int"], many), new([new("k", "k")])), new SparkCall("to be cancelled"), stop.Token);
        for (int i = 0; i < 200 && session.ActiveJobs().Count == 0; i++)
        {
            await Task.Delay(50);
        }

        Assert.NotEmpty(session.ActiveJobs());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
        Assert.Empty(session.ActiveJobs());
        await LeavesNothingAsync();
    }

    [SkippableFact]
    public async Task Query_reads_views_and_gives_typed_columns()
    {
        ISparkSession session = await spark.SessionAsync();
        Dictionary<string, JoinInput> views = new()
        {
            ["sales"] = Input(["id int", "price decimal", "at datetime", "day date"], [[1, 1.50m, new DateTime(2024, 2, 29, 1, 2, 3), new DateOnly(2024, 2, 29)], [1, 0.255m, null, null], [2, -3m, null, null]]),
            ["names"] = Input(["id long", "some name string"], [[1L, "one"], [2L, "two"]]),
        };
        SparkResult result = await session.RunAsync(
            new SparkQuery(views, "select `some name`, sum(price) total, count(*) n, max(at) at, max(day) day, collect_list(s.id) ids, avg(cast(price as double)) mean, cast('2024-01-01 00:00:00' as timestamp) t, null nothing " +
            "from sales s join names n on s.id = n.id group by `some name` order by 1"), new SparkCall("test"), default);
        await using RowReader rows = result.Rows;
        Assert.Equal(
            ["some name string", "total decimal(14,3)", "n long", "at datetime", "day date", "ids json", "mean double", "t datetimeoffset", "nothing string"], rows.Columns.Select(c => $"{c.Name} {c.Type}"));
        object?[][] found = await rows.ToArrayAsync();
        Assert.Equal(["one", 1.755m, 2L, new DateTime(2024, 2, 29, 1, 2, 3), new DateOnly(2024, 2, 29), "[1,1]", 0.8775, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), null], found[0]);
        Assert.Equal(("two", -3.000m), ((string)found[1][0]!, (decimal)found[1][1]!));

        foreach ((string query, DbErrorKind kind) in new (string, DbErrorKind)[]
        {
            ("selec 1", DbErrorKind.Syntax), ("select nope from sales", DbErrorKind.ColumnNotFound), ("select 1 from nope", DbErrorKind.NotFound),
            ("select cast(`some name` as int) x from names", DbErrorKind.InvalidData), ("select 1 a, 2 a", DbErrorKind.InvalidArgument),
        })
        {
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(new SparkQuery(views, query), new SparkCall("test"), default));
            Assert.Equal((query, kind), (query, error.Kind));
            Assert.DoesNotContain("'one'", error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_statement_that_is_no_query_is_refused_before_Spark_does_it()
    {
        ISparkSession session = await spark.SessionAsync();
        string folder = Path.Combine(Path.GetTempPath(), $"dbc-{Guid.NewGuid():N}");
        foreach (string statement in new[]
        {
            $"insert overwrite directory '{folder}' using json select 1 a", $"with x as (select 1 a) insert overwrite directory '{folder}' using json select * from x", $"create table t using json location '{folder}' as select 1 a",
            "cache table kept as select 1 a", "create temporary view v as select 1 a", "set spark.sql.ansi.enabled = false", "from (select 1 a) insert into t select a",
        })
        {
            SparkQuery query = new(new Dictionary<string, JoinInput>(), statement);
            DbConductorException run = await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(query, new SparkCall("test"), default));
            DbConductorException plan = await Assert.ThrowsAsync<DbConductorException>(() => session.PlanAsync(query, new SparkCall("test"), default));
            Assert.Equal((statement, DbErrorKind.InvalidArgument, DbErrorKind.InvalidArgument), (statement, run.Kind, plan.Kind));
        }

        Assert.False(Directory.Exists(folder));
        foreach (string query in new[] { "from values (1) t(a) select a", "values (1)", "with x as (select 1 a) select a from x", "/* of one */ select 1;", "show tables", "explain select 1", "describe query select 1 a", "table x" })
        {
            SparkResult result = await session.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["x"] = Input(["a int"], [[1]]) }, query), new SparkCall("test"), default);
            await using RowReader rows = result.Rows;
            Assert.NotEmpty(rows.Columns);
        }
    }

    private static JoinInput Input(string[] columns, object?[][] rows) => new("rows", _ => Task.FromResult(Spec.Rows(columns, rows)));

    private async Task GivesTheSameAsync(string[] left, string[] right, JoinType type)
    {
        Random random = new(left.Length + (int)type);
        JoinSpec spec = new([.. left.Select((_, i) => new JoinOn($"k{i}", $"q{i}"))]) { Type = type };
        await GivesTheSameAsync(Side(left, "k", 60), Side(right, "q", 40), spec);

        JoinInput Side(string[] types, string prefix, int count)
        {
            string[] columns = ["id int", .. types.Select((t, i) => $"{prefix}{i} {t}")];
            object?[][] rows = [.. Enumerable.Range(0, count).Select(id => types.Select(t => random.Next(8) == 0 ? null : Key(t, random.Next(14))).Prepend(id).ToArray())];
            return Input(columns, rows);
        }
    }

    private async Task GivesTheSameAsync(JoinInput left, JoinInput right, JoinSpec spec)
    {
        ISparkSession session = await spark.SessionAsync();
        await using JoinedRows embedded = await new EmbeddedJoin().JoinAsync(await left.Open(default), await right.Open(default), spec, default);
        List<string> expected = [.. (await embedded.ToArrayAsync()).Select(NestedLoop.Show).Order(StringComparer.Ordinal)];
        SparkResult result = await session.RunAsync(new SparkJoin(left, right, spec), new SparkCall("test"), default);
        await using RowReader rows = result.Rows;
        Assert.Equal(embedded.Columns.Select(c => $"{c.Name} {c.Type} {c.Nullable}"), rows.Columns.Select(c => $"{c.Name} {c.Type} {c.Nullable}"));
        Assert.Equal(expected, (await rows.ToArrayAsync()).Select(NestedLoop.Show).Order(StringComparer.Ordinal));
        Assert.NotEmpty(expected);
    }

    private async Task<object?[][]> JoinAsync(JoinInput left, JoinInput right, JoinSpec spec)
    {
        ISparkSession session = await spark.SessionAsync();
        SparkResult result = await session.RunAsync(new SparkJoin(left, right, spec), new SparkCall("test"), default);
        await using RowReader rows = result.Rows;
        return await rows.ToArrayAsync();
    }

    private async Task LeavesNothingAsync() => Assert.Empty(Directory.EnumerateFileSystemEntries((await spark.SessionAsync()).Info.WorkPath));

    /// <summary>A value of a type, equal across types where it can be.</summary>
    private static object Key(string type, int n) => type switch
    {
        "bool" => n % 2 == 0,
        "short" => (short)(n - 4),
        "int" => n - 4,
        "long" => n == 13 ? (1L << 53) + 1 : n - 4L,
        "decimal" => n switch { 13 => 9007199254740993m, 12 => 0.10m, 11 => 79228162514264337593543950335m, _ => n % 2 == 0 ? n - 4.00m : n - 4.5m },
        "float" => n switch { 13 => float.NaN, 12 => 0.1f, 11 => -0.0f, _ => n % 2 == 0 ? n - 4f : n - 4.5f },
        "double" => n switch { 13 => 9007199254740992.0, 12 => 0.1, 11 => double.NaN, 10 => -0.0, 9 => 1e300, _ => n % 2 == 0 ? n - 4.0 : n - 4.5 },
        "string" => new[] { "", "a", "A", "a ", "\u00e4", "a\u0308", "\ud83d\udeeb", "ss", "\u00df", "1", "01", "null", "~", "\0" }[n],
        "binary" => new[] { Array.Empty<byte>(), [0], [0, 0], [97], [255], [1, 2, 3], [128] }[n / 2],
        "date" => new DateOnly(2024, 2, 25 + (n % 4)),
        "datetime" => new DateTime(2024, 2, 25 + (n % 4)).AddHours(n % 2),
        "datetimeoffset" => new DateTimeOffset(2024, 3, 31, 1, 0, 0, TimeSpan.Zero).AddMinutes(30 * n),
        "time" => new TimeOnly(n, 0, 0, n % 2),
        "timespan" => TimeSpan.FromTicks(n - 4),
        _ => new Guid(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    };
}
