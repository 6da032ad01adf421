using DbConductor.Spark;
using DbConductor.Sql;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>What every database that Spark reads itself must keep: the rows are those that its session gives.</summary>
public abstract class SparkSourceTests(SparkFixture spark)
{
    private static readonly string[] s_columns =
    [
        "id int", "b bool", "s short", "l long", "d decimal(20,4)", "f float", "x double", "t string", "v string(60)", "bin binary", "dt date", "ts datetime", "tz datetimeoffset",
    ];

    // what would end a literal on one database or another, and what would be cut, padded or folded
    private static readonly string?[] s_texts =
        ["", "a", "A", "a ", "'", "''", "\\", "\\'", "' or 1=1 --", "\\' or 1=1 #", "\"; drop table x; --", "x'00'", "\u00e4\u0308\ud83d\udeeb", "%_|", "line\nbreak\ttab\r", "null", null];

    /// <summary>The session of all tests.</summary>
    protected Task<ISparkSession> SessionAsync() => spark.SessionAsync();

    /// <summary>Opens an adapter on a database of the test's own.</summary>
    protected abstract IDbAdapter Create();

    /// <summary>What Spark cannot give by itself, as a column, and a value of it.</summary>
    protected abstract (string Column, object Value) NotBySpark { get; }

    /// <summary>Columns of types that only this database has, each with a value as a literal.</summary>
    protected abstract IReadOnlyList<(string Type, string Value)> NativeColumns { get; }

    /// <summary>Whether several connections of it can see one state of a table.</summary>
    protected virtual bool SeesOneState => false;

    [SkippableFact]
    public async Task Rows_are_those_of_the_session_with_every_type_and_filter()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark {Guid.NewGuid():N}");
        object?[][] rows = [.. s_texts.Select((text, i) => Row(i, text)), new object?[s_columns.Length].Select((_, i) => i == 0 ? (object)99 : null).ToArray()];
        await db.SaveAsync(table, Spec.Rows(s_columns, rows), new SaveOptions { CreateTable = true }, default);
        Filter?[] filters =
        [
            null,
            .. s_texts.Select(text => Filter.Equal("t", text)),
            .. s_texts.OfType<string>().Select(text => new CompareFilter("v", CompareOp.Equal, text, TextMatch.Exact)),
            new InFilter("t", [.. s_texts]),
            new InFilter("v", [.. s_texts[1..8]], Negated: true),
            new LikeFilter("t", new WildcardText("*'*")),
            new LikeFilter("v", new WildcardText("[\\%']*")),
            new AndFilter([new CompareFilter("d", CompareOp.GreaterOrEqual, -3.5m), new CompareFilter("x", CompareOp.Less, 4.25), new CompareFilter("s", CompareOp.NotEqual, 2)]),
            new OrFilter([Filter.Equal("b", true), Filter.Equal("dt", new DateOnly(2024, 2, 29)), new CompareFilter("ts", CompareOp.Greater, new DateTime(2024, 2, 29, 10, 0, 0).AddMicroseconds(7)), new NotFilter(Filter.Equal("l", -5L))]),
            new CompareFilter("tz", CompareOp.LessOrEqual, new DateTimeOffset(2024, 2, 29, 23, 0, 0, TimeSpan.FromHours(13))),
        ];
        for (int i = 0; i < filters.Length; i++)
        {
            BatchQuery query = new(table) { Where = filters[i] };
            List<string> expected = await ShowAsync(await db.GetAsync(query, default));
            SparkRead read = await ((ISparkSource)db).DescribeReadAsync(query, null, default);
            Assert.Null(read.Refusal);
            Assert.Equal(expected.Count, await CountAsync(db, read.Options[SqlSparkConnector.Query]));
            if (i is 0 or 9 or 39)
            {
                JoinInput side = JoinInput.OfTable("the table", db, query);
                SparkResult result = await session.SemiJoinAsync(side, Ids());
                Assert.Contains("the table by JDBC", result.Path, StringComparison.Ordinal);
                Assert.Equal(expected, await ShowAsync(result.Rows));
            }
        }
    }

    [SkippableFact]
    public async Task Values_of_the_databases_own_types_are_those_of_the_session()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        string table = $"spark_{Guid.NewGuid():N}";
        await RunAsync(db, $"create table {table} (id int, {string.Join(", ", NativeColumns.Select((c, i) => $"c{i} {c.Type}"))})");
        await RunAsync(db, $"insert into {table} values (1, {string.Join(", ", NativeColumns.Select(c => c.Value))}), (2, {string.Join(", ", NativeColumns.Select(_ => "null"))})");

        JoinInput side = JoinInput.OfTable("the table", db, new(new(null, table)));
        SparkResult result = await session.SemiJoinAsync(side, Ids());

        Assert.Contains("the table by JDBC", result.Path, StringComparison.Ordinal);
        Assert.Equal(await ShowAsync(await db.GetAsync(new(new(null, table)), default)), await ShowAsync(result.Rows));
    }

    [SkippableFact]
    public async Task What_Spark_cannot_see_or_keep_comes_through_the_session()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark_{Guid.NewGuid():N}");
        await db.SaveAsync(table, Spec.Rows(["id int", NotBySpark.Column], [1, NotBySpark.Value]), new SaveOptions { CreateTable = true }, default);
        SparkResult result = await session.SemiJoinAsync(JoinInput.OfTable("the table", db, new(table)), Ids());
        Assert.Contains("the table handed over as a file, since its column", result.Path, StringComparison.Ordinal);
        Assert.Equal(await ShowAsync(await db.GetAsync(new(table), default)), await ShowAsync(result.Rows));

        TableName plain = new(null, $"spark_{Guid.NewGuid():N}");
        await db.CreateAsync(plain, Spec.Table(["id int"]), default);
        await using IDbTransaction transaction = await db.BeginAsync(System.Data.IsolationLevel.Unspecified, default);
        await transaction.SaveAsync(plain, Spec.Rows(["id int"], [1], [2]), new SaveOptions(), default);
        SparkResult inside = await session.RunAsync(new SparkJoin(JoinInput.OfTable("the table", transaction, new(plain)), Ids(), new([new("id", "id")])), new SparkCall("test"), default);
        Assert.Equal(2, (await ShowAsync(inside.Rows)).Count);
        Assert.Contains("the table handed over as a file;", inside.Path, StringComparison.Ordinal);

        DbConductorException missing = await Assert.ThrowsAsync<DbConductorException>(
            () => session.RunAsync(new SparkJoin(JoinInput.OfTable("the table", db, new(new(null, "no such table"))), Ids(), new([new("id", "id")])), new SparkCall("test"), default));
        Assert.Equal(DbErrorKind.NotFound, missing.Kind);
    }

    [SkippableFact]
    public async Task An_error_of_Spark_quotes_no_value_of_a_filter()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark_{Guid.NewGuid():N}");
        await db.CreateAsync(table, Spec.Table(["id int", "name string"]), default);
        JoinInput side = JoinInput.OfTable("the table", db, new(table) { Where = Filter.Equal("name", "hidden value") });

        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(async () =>
            await session.QueryAsync(side, "select nosuch from v"));

        Assert.Contains("nosuch", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden value", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("JDBCRelation", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Keys with nulls, negative ones, the extremes of their type, one value alone, none, and nearly all in one place.</summary>
    public static TheoryData<string, object?[]> Keys => new()
    {
        { "k long", [null, long.MinValue, long.MinValue + 1, -5L, 0L, null, 7L, long.MaxValue - 1, long.MaxValue] },
        { "k int", [-3, -2, -1, 0, 1, 2, 3, int.MinValue, int.MaxValue] },
        { "k short", [(short)5, (short)5, (short)5, null] },
        { "k int", [null, null] },
        { "k int", [] },
        { "k int", [.. Enumerable.Range(1, 60).Cast<object?>(), 1_000_000] },
        { "k decimal(20,0)", [0m, 18446744073709551615m, 1m, null, -99999999999999999999m] },
        { "k date", [new DateOnly(1000, 1, 1), null, new DateOnly(2024, 2, 29), new DateOnly(2024, 3, 1), new DateOnly(9999, 12, 31)] },
        { "k datetime", [new DateTime(1500, 3, 1), new DateTime(2024, 2, 29, 10, 0, 0).AddMicroseconds(7), new DateTime(2024, 2, 29, 10, 0, 0).AddMicroseconds(8), null] },
        { "k datetimeoffset", [new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.FromHours(13)), new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.Zero), null, new DateTimeOffset(1999, 1, 1, 0, 0, 0, TimeSpan.Zero)] },
    };

    [SkippableTheory]
    [MemberData(nameof(Keys))]
    public async Task Partitions_have_every_row_once(string column, object?[] keys)
    {
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark_{Guid.NewGuid():N}");
        await db.SaveAsync(table, Spec.Rows(["id int", column], [.. keys.Select((key, i) => new object?[] { i, key })]), new SaveOptions { CreateTable = true }, default);
        foreach (Filter? where in new Filter?[] { null, new CompareFilter("id", CompareOp.NotEqual, 1) })
        {
            int[] expected = [.. Enumerable.Range(0, keys.Length).Where(i => where is null || i != 1)];
            foreach (int most in new[] { 2, 3, 7, 64 })
            {
                BatchQuery query = new(table) { Where = where, Columns = [new("id", "id")] };
                SparkRead read = await ((ISparkSource)db).DescribeReadAsync(query, new() { Column = "k", Partitions = most, AllowSkew = true }, default);
                await using SparkSplit? split = await read.SplitAsync!(1, default);
                if (expected.Select(i => keys[i]).OfType<object>().Distinct().Count() < 2)
                {
                    Assert.Null(split);
                    continue;
                }

                Assert.InRange(split!.Predicates.Count, 2, most);
                List<int> found = [];
                foreach (string predicate in split.Predicates)
                {
                    await using IQueryResults results = await db.QueryAsync(new NativeQuery($"select c0 from {read.Options[SqlSparkConnector.Query]} where {predicate}"), default);
                    await using RowReader rows = (await results.NextAsync(default))!;
                    found.AddRange((await rows.ToArrayAsync()).Select(row => Convert.ToInt32(row[0], System.Globalization.CultureInfo.InvariantCulture)));
                }

                Assert.Equal(expected, found.Order());
            }
        }
    }

    [SkippableFact]
    public async Task What_is_read_in_partitions_has_the_same_rows()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark_{Guid.NewGuid():N}");
        await db.SaveAsync(table, Spec.Rows(["id int", "k long", "t string"], [.. Enumerable.Range(0, 90).Select(i => new object?[] { i, i % 9 == 0 ? null : (long)(i - 40) * i, $"row {i}" })]), new SaveOptions { CreateTable = true }, default);
        JoinInput side = JoinInput.OfTable("the table", db, new(table)) with { Partitioning = new() { Column = "k", Partitions = 5, AllowSkew = true } };
        SparkResult result = await session.SemiJoinAsync(side, Ids());
        Assert.Contains("the table by JDBC in 5 partitions of k", result.Path, StringComparison.Ordinal);
        Assert.Equal(SeesOneState ? [] : [$"Spark read table '{table}' in 5 partitions, each as it was at its own moment (AllowSkew): a row that was changed or moved meanwhile can be missing or there twice."], result.Warnings);
        Assert.Equal(await ShowAsync(await db.GetAsync(new(table), default)), await ShowAsync(result.Rows));
        SparkResult queried = await session.QueryAsync(side, "select count(*) n, sum(k) s from v");
        Assert.Equal([NestedLoop.Show([90L, Enumerable.Range(0, 90).Sum(i => i % 9 == 0 ? 0L : (i - 40L) * i)])], await ShowAsync(queried.Rows));
    }

    [SkippableFact]
    public async Task Partitions_that_cannot_be_are_refused_with_the_remedy()
    {
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        TableName table = new(null, $"spark_{Guid.NewGuid():N}");
        await db.CreateAsync(table, Spec.Table(["id int", "name string(20)"], "name"), default);
        await RefusedAsync(new() { Column = "nosuch", Partitions = 2, AllowSkew = true }, DbErrorKind.ColumnNotFound, "nosuch");
        await RefusedAsync(new() { Column = "name", AllowSkew = true }, DbErrorKind.InvalidArgument, "whole numbers, dates or times as PartitionColumn");
        await RefusedAsync(new() { Partitions = 2, AllowSkew = true }, DbErrorKind.InvalidArgument, "whole numbers, dates or times as PartitionColumn");
        if (!SeesOneState)
        {
            await RefusedAsync(new() { Column = "id", Partitions = 2 }, DbErrorKind.NotSupported, "or say AllowSkew");
        }

        // one statement, and what is not asked for, is always there
        foreach (SparkPartitioning? none in new[] { null, new SparkPartitioning { Column = "id", Partitions = 1 }, new() { AllowSkew = true } })
        {
            Assert.Null((await ((ISparkSource)db).DescribeReadAsync(new(table), none, default)).SplitAsync);
        }

        async Task RefusedAsync(SparkPartitioning asked, DbErrorKind kind, string words)
        {
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => ((ISparkSource)db).DescribeReadAsync(new(table), asked, default));
            Assert.Equal(kind, error.Kind);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    private static object?[] Row(int i, string? text) =>
    [
        i, i % 2 == 0, (short)(i - 4), (long)i << 40, (i - 8) * 1.2345m, (i / 4f) - 1, i == 3 ? 1e300 : (i / 8.0) - 1, text, text, new byte[] { (byte)i, 0, 255 },
        i == 1 ? new DateOnly(1000, 1, 1) : i == 2 ? new DateOnly(9999, 12, 31) : new DateOnly(2024, 2, 20 + (i % 10)),
        i == 1 ? new DateTime(1500, 3, 1) : new DateTime(2024, 2, 29, 10, 0, 0).AddMicroseconds(i), new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.Zero).AddHours(i),
    ];

    private static JoinInput Ids() => new("ids", _ => Task.FromResult(Spec.Rows(["id int"], [.. Enumerable.Range(0, 100).Select(i => new object?[] { i })])));

    private static async Task<int> CountAsync(IDbAdapter db, string query)
    {
        await using IQueryResults results = await db.QueryAsync(new NativeQuery($"select count(*) n from {query}"), default);
        await using RowReader rows = (await results.NextAsync(default))!;
        return Convert.ToInt32((await rows.ToArrayAsync())[0][0], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Runs statements.</summary>
    protected static async Task RunAsync(IDbAdapter db, string sql)
    {
        await using IQueryResults results = await db.QueryAsync(new NativeQuery(sql), default);
        while (await results.NextAsync(default) is { } rows)
        {
            await rows.DisposeAsync();
        }
    }

    /// <summary>The rows, as texts in their order; the reader is disposed.</summary>
    protected static async Task<List<string>> ShowAsync(RowReader rows)
    {
        await using (rows)
        {
            // a date and time that is in no zone has no kind in Spark
            return [.. (await rows.ToArrayAsync()).Select(row => NestedLoop.Show(row.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : v))).Order(StringComparer.Ordinal)];
        }
    }
}
