using DbConductor.Adapters.PostgreSql;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkPostgreSqlTests(SparkFixture spark, PostgreSqlDatabase database) : SparkSourceTests(spark), IClassFixture<PostgreSqlDatabase>
{
    protected override (string Column, object Value) NotBySpark => ("span timespan", TimeSpan.FromHours(30));

    // blanks that pad belong to a char(n), as the session reads it
    protected override IReadOnlyList<(string Type, string Value)> NativeColumns =>
    [
        ("char(6)", "'ab'"), ("char(6)", "''"), ("varchar(6)", "'ab '"), ("name", "'a name'"), ("inet", "'10.0.0.1/8'"), ("int[]", "'{1,null}'"), ("money", "1.5"), ("bit(3)", "B'101'"),
        ("xml", "'<a/>'"), ("oid", "4294967295"), ("numeric(38,10)", "-0.0000000001"), ("jsonb", "'{\"a\": 1.50}'"),
    ];

    protected override bool SeesOneState => true;

    protected override IDbAdapter Create() => new PostgreSqlAdapterFactory().Create(database.Profile, new AdapterServices());

    [SkippableTheory]
    [InlineData("date")]
    [InlineData("timestamp")]
    [InlineData("timestamptz")]
    public async Task What_lies_beyond_our_calendar_is_refused_as_by_the_session(string type)
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        foreach (string beyond in new[] { "infinity", "-infinity", "0044-03-15 BC", "10000-01-01" })
        {
            string table = $"spark_{Guid.NewGuid():N}";
            await RunAsync(db, $"create table {table} (t {type}); insert into {table} values ('2024-01-01'), ('{beyond}')");
            JoinInput side = JoinInput.OfTable("the table", db, new(new(null, table)));
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(async () =>
                await ShowAsync((await session.QueryAsync(side)).Rows));
            Assert.Equal((beyond, DbErrorKind.InvalidData), (beyond, error.Kind));
        }
    }

    [SkippableFact]
    public async Task Spark_sees_the_tables_that_the_session_sees()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter here = Create();
        await here.ConnectAsync(default);
        await RunAsync(here, "create schema elsewhere; create table twice (id int); create table elsewhere.twice (id int); insert into twice values (1); insert into elsewhere.twice values (2)");
        foreach ((string key, string value) in new[] { ("Search Path", "elsewhere"), ("Options", "-c search_path=elsewhere") })
        {
            AdapterProfile profile = database.Profile with { Options = new Dictionary<string, string>(database.Profile.Options) { [key] = value } };
            await using IDbAdapter there = new PostgreSqlAdapterFactory().Create(profile, new AdapterServices());
            await there.ConnectAsync(default);
            SparkResult result = await session.QueryAsync(JoinInput.OfTable("the table", there, new(new(null, "twice"))));
            Assert.Contains("the table by JDBC", result.Path, StringComparison.Ordinal);
            Assert.Equal([NestedLoop.Show([2])], await ShowAsync(result.Rows));
        }
    }

    [SkippableFact]
    public async Task Partitions_see_one_state_whatever_others_write_meanwhile()
    {
        await using IDbAdapter db = Create();
        Task<SparkResult> reading = await StartReadingAsync(db, "moving");
        await RunAsync(db, "update moving set v = 1; delete from moving where id % 2 = 0; insert into moving select i, 1 from generate_series(41, 60) i");

        SparkResult result = await reading;
        Assert.Contains("the view by JDBC in 4 partitions of id", result.Path, StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
        Assert.Equal([NestedLoop.Show([40L, 820L, 0L, 1, 40])], await ShowAsync(result.Rows));
        Assert.Equal(0, await NumberAsync(db, "select count(*) n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"));
    }

    [SkippableFact]
    public async Task Partitions_whose_common_state_is_lost_are_an_error()
    {
        await using IDbAdapter db = Create();
        Task<SparkResult> reading = await StartReadingAsync(db, "lost");
        await RunAsync(db, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'DbConductor' and state = 'idle in transaction'");
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => reading);
        Assert.Equal(DbErrorKind.Server, error.Kind);
        Assert.Contains("snapshot", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries((await SessionAsync()).Info.WorkPath));
    }

    [SkippableFact]
    public async Task Large_tables_are_read_in_partitions_of_their_key_without_being_told()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        await RunAsync(db, "create table large (id bigint, n int, primary key (id, n)); insert into large select i, 1 from generate_series(1, 350000) i");
        await PartitionsAsync(8, 3);
        await RunAsync(db, "analyze large");
        await PartitionsAsync(8, 3);
        await PartitionsAsync(2, 2);
        await PartitionsAsync(1, null);

        SparkResult result = await session.QueryAsync(JoinInput.OfTable("the table", db, new(new(null, "large"))), "select count(*) n, sum(id) ids from v");
        Assert.Contains("the table by JDBC in 2 partitions of id", result.Path, StringComparison.Ordinal);
        Assert.Equal([NestedLoop.Show([350_000L, 61_250_175_000L])], await ShowAsync(result.Rows));

        SparkRead filtered = await ((ISparkSource)db).DescribeReadAsync(new(new(null, "large")) { Where = new CompareFilter("id", CompareOp.LessOrEqual, 250_000L) }, null, default);
        await using (SparkSplit? split = await filtered.SplitAsync!(8, default))
        {
            Assert.Equal(2, split?.Predicates.Count);
        }

        // no more than there are rows for, and few rows are few although nobody has counted them
        await RunAsync(db, "delete from large where id > 1000; analyze large");
        Assert.Null((await ((ISparkSource)db).DescribeReadAsync(new(new(null, "large")), null, default)).SplitAsync);
        await RunAsync(db, "create table few (id int primary key); insert into few select i from generate_series(1, 20) i");
        SparkRead few = await ((ISparkSource)db).DescribeReadAsync(new(new(null, "few")), null, default);
        Assert.Null(few.SplitAsync is null ? null : await few.SplitAsync(8, default));

        async Task PartitionsAsync(int parallelism, int? expected)
        {
            SparkRead read = await ((ISparkSource)db).DescribeReadAsync(new(new(null, "large")), null, default);
            await using SparkSplit? split = await read.SplitAsync!(parallelism, default);
            Assert.Equal(expected, split?.Predicates.Count);
        }
    }

    [SkippableFact]
    public async Task What_lies_beyond_our_calendar_is_in_a_partition_too()
    {
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        await RunAsync(db, "create domain day as date; create table forever (id int, d day, ts timestamp, tz timestamptz); insert into forever select i, date '2024-01-01' + i, timestamp '2024-01-01' + i * interval '1 second', timestamptz '2024-01-01' + i * interval '1 day' from generate_series(1, 50) i");
        foreach (string beyond in new[] { "infinity", "-infinity", "0044-03-15 BC", "10000-01-01" })
        {
            await RunAsync(db, $"insert into forever values (0, '{beyond}', '{beyond}', '{beyond}')");
        }

        foreach (string column in new[] { "d", "ts", "tz" })
        {
            SparkRead read = await ((ISparkSource)db).DescribeReadAsync(new(new(null, "forever")) { Columns = [new("id", "id")] }, new() { Column = column, Partitions = 6 }, default);
            await using SparkSplit? split = await read.SplitAsync!(1, default);
            long found = 0;
            foreach (string predicate in split!.Predicates)
            {
                found += await NumberAsync(db, $"select count(*) n from {read.Options[Sql.SqlSparkConnector.Query]} where {predicate}");
            }

            Assert.Equal(54, found);
        }
    }

    /// <summary>Starts to read a table of forty rows in four partitions; it ends when the first one is being read.</summary>
    private async Task<Task<SparkResult>> StartReadingAsync(IDbAdapter db, string name)
    {
        ISparkSession session = await SessionAsync();
        await db.ConnectAsync(default);

        // a row takes its time, so that the last two of four partitions are read when the first two have been
        await RunAsync(db, $"create table {name} (id int primary key, v int not null); insert into {name} select i, 0 from generate_series(1, 40) i; create view slow_{name} as select id, v from {name} where pg_sleep(0.05) is not null");
        JoinInput side = JoinInput.OfTable("the view", db, new(new(null, $"slow_{name}"))) with { Partitioning = new() { Column = "id", Partitions = 4 } };
        Task<SparkResult> reading = session.QueryAsync(side, "select count(*) n, sum(id) ids, sum(v) vs, min(id) least, max(id) greatest from v");
        const string Reading = "select count(*) n from pg_stat_activity where datname = current_database() and application_name = 'DbConductor Spark' and state = 'active' and query like '%>=%'";
        while (!reading.IsCompleted && await NumberAsync(db, Reading) == 0)
        {
            await Task.Delay(10);
        }

        Assert.False(reading.IsCompleted);
        return reading;
    }

    private static async Task<long> NumberAsync(IDbAdapter db, string sql)
    {
        await using IQueryResults results = await db.QueryAsync(new NativeQuery(sql), default);
        await using RowReader rows = (await results.NextAsync(default))!;
        return Convert.ToInt64((await rows.ToArrayAsync())[0][0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
