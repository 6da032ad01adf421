using System.Text.Json.Nodes;
using DbConductor.Adapters.MongoDb;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using DbConductor.Tests.Servers;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>Collections that Spark reads by MongoDB's connector, or that are handed over: the rows are those of the session.</summary>
public abstract class SparkMongoDbTests(SparkFixture spark, MongoDbDatabase database)
{
    private const string ByConnector = "by MongoDB's connector";

    private static readonly string[] s_columns =
        ["id int", "b bool", "s short", "l long", "x double", "t string", "bin binary", "g guid", "dt date", "ts datetime", "tz datetimeoffset"];

    private static readonly string?[] s_texts = ["", "a", "A", "a ", "'", "$t", "{\"$a\":1}", "\\", "\u00e4\u0308\ud83d\udeeb\0", "line\nbreak", "null", null];

    [SkippableFact]
    public async Task Declared_columns_come_by_the_connector_with_every_type_and_filter()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = New();
        await db.CreateAsync(table, Spec.Table(s_columns), default);
        object?[][] rows = [.. s_texts.Select((text, i) => Row(i, text)), new object?[s_columns.Length].Select((_, i) => i == 0 ? (object)99 : null).ToArray()];
        await db.SaveAsync(table, Spec.Rows(s_columns, rows), new(), default);

        // a field that is missing, beside those that are null
        await database.Open().GetCollection<BsonDocument>(table.Name).InsertOneAsync(new() { { "id", 100 } });
        Filter?[] filters =
        [
            null, Filter.Equal("t", "$t"), Filter.Equal("t", null), Filter.Equal("id", 3), new CompareFilter("l", CompareOp.Greater, 1L << 41), new CompareFilter("x", CompareOp.Less, 0.5), Filter.Equal("g", Guid(4)),
            new CompareFilter("ts", CompareOp.LessOrEqual, new DateTime(2000, 1, 1)), Filter.Equal("tz", new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero)), Filter.Equal("dt", new DateOnly(1000, 1, 1)),
            new LikeFilter("t", new WildcardText("*a*")), new InFilter("t", ["a", "\\", null]), new NotFilter(Filter.Equal("t", "a")), new CompareFilter("b", CompareOp.NotEqual, true), Filter.Equal("bin", new byte[] { 2, 0, 255 }),
        ];
        foreach (Filter? filter in filters)
        {
            BatchQuery query = new(table) { Where = filter, Columns = filter is NotFilter ? [new("id", "key"), new("t", "text")] : [] };
            List<string> expected = await ShowAsync(await db.GetAsync(query, default));
            Assert.NotEmpty(expected);
            SparkResult result = await session.QueryAsync(JoinInput.OfTable("it", db, query));
            Assert.Contains($"it {ByConnector}", result.Path, StringComparison.Ordinal);
            Assert.Equal((filter, string.Join('\n', expected)), (filter, string.Join('\n', await ShowAsync(result.Rows))));
        }

        // in a join the types are our own
        SparkResult joined = await session.SemiJoinAsync(JoinInput.OfTable("it", db, new(table)), Ids());
        await using RowReader all = joined.Rows;
        Assert.Equal(s_columns, all.Columns.Select(c => $"{c.Name} {c.Type}"));
        Assert.Equal(string.Join('\n', await ShowAsync(await db.GetAsync(new(table), default))), string.Join('\n', await ShowAsync(all)));
    }

    [SkippableFact]
    public async Task What_a_query_asks_is_answered_as_Spark_does_and_not_as_the_server()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = New();
        string[] columns = ["id int", "x double", "t string"];
        await db.CreateAsync(table, Spec.Table(columns), default);
        object?[][] rows = [[1, double.NaN, "a.b"], [2, -0.0, "axb"], [3, null, null], [4, 1e300, "A.b"], [5, double.NegativeInfinity, "^a"]];
        await db.SaveAsync(table, Spec.Rows(columns, rows), new(), default);
        Dictionary<string, JoinInput> views = new() { ["v"] = JoinInput.OfTable("it", db, new(table)), ["w"] = new("rows", _ => Task.FromResult(Spec.Rows(columns, rows))) };
        foreach (string condition in new[] { "x > 5", "not (x = 0 or t = 'axb')", "t like 'a.%'", "t <> 'a.b'", "not (t <=> 'a.b')", "x in (0, double('NaN'))", "t >= 'a'", "id <> 2 or t is null", "t like '^%'", "x is null" })
        {
            List<string>[] found = new List<string>[2];
            foreach (int i in new[] { 0, 1 })
            {
                SparkResult result = await session.RunAsync(new SparkQuery(views, $"select id, x, t from {(i == 0 ? "v" : "w")} where {condition}"), new SparkCall("test"), default);
                found[i] = await ShowAsync(result.Rows);
            }

            Assert.Equal((condition, string.Join('\n', found[1])), (condition, string.Join('\n', found[0])));
        }
    }

    [SkippableFact]
    public async Task What_the_connector_would_lose_or_change_is_handed_over()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();

        // nothing declared: a field that only the last document has, and one of every type
        TableName free = New();
        IMongoCollection<BsonDocument> documents = database.Open().GetCollection<BsonDocument>(free.Name);
        await documents.InsertManyAsync(Enumerable.Range(0, 1500).Select(i => new BsonDocument { { "_id", i }, { "v", i % 2 == 0 ? "text" : BsonValue.Create(i) } }));
        await documents.InsertOneAsync(new() { { "_id", 2000 }, { "late", ObjectId.Empty }, { "n", new BsonDecimal128(Decimal128.Parse("0.0000001")) }, { "nested", new BsonDocument("a", BsonNull.Value) } });
        object?[][] found = await RowsAsync(free, "no columns are declared for it", "select _id, late, n, nested from v where late is not null");
        Assert.Equal([2000L, "000000000000000000000000", 0.0000001m, "{\"a\":null}"], Assert.Single(found));

        // declared columns that have no one form in Spark, and fields beside the declared ones
        string[] columns = ["id int", "d decimal(10,2)", "f float", "at time", "long timespan", "j json"];
        object?[] row = [1, 1.50m, 0.1f, new TimeOnly(4, 5, 6), TimeSpan.FromDays(1), JsonNode.Parse("{\"a\":[1.50]}")];
        TableName declared = New();
        await db.CreateAsync(declared, Spec.Table(columns), default);
        await db.SaveAsync(declared, Spec.Rows(columns, row), new(), default);
        foreach (string column in columns[1..].Select(c => c.Split(' ')[0]))
        {
            found = await RowsAsync(declared, $"its column '{column}'", "select * from v", "id", column);
            Assert.Equal(1, Assert.Single(found)[0]);
        }

        TableName beside = New();
        await db.CreateAsync(beside, Spec.Table(["id int"]), default);
        await RowsAsync(beside, ByConnector, "select * from v");
        await database.Open().GetCollection<BsonDocument>(beside.Name).InsertOneAsync(new() { { "id", 1 }, { "other", "x" } });
        Assert.Equal([1, "x"], Assert.Single(await RowsAsync(beside, "fields that are not declared", "select id, other from v")));
        await RowsAsync(beside, "its field 'other' is not declared", "select * from v", "id", "other");
        await RowsAsync(beside, ByConnector, "select * from v", "id");

        async Task<object?[][]> RowsAsync(TableName table, string words, string query, params string[] picks)
        {
            JoinInput side = JoinInput.OfTable("it", db, new(table) { Columns = [.. picks.Select(p => new ColumnPick(p, p))] });
            SparkResult result = await session.QueryAsync(side, query);
            Assert.Contains(words, result.Path, StringComparison.Ordinal);
            await using RowReader rows = result.Rows;
            return await rows.ToArrayAsync();
        }
    }

    [SkippableFact]
    public async Task Partitions_must_be_allowed_to_see_several_states()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = New();
        await db.CreateAsync(table, Spec.Table(["id int!", "n int"]), default);
        await db.SaveAsync(table, Spec.Rows(["id int!"], [.. Enumerable.Range(0, 500).Select(i => new object?[] { i })]), new(), default);
        SparkPartitioning asked = new() { Column = "id", Partitions = 4 };
        JoinInput side = JoinInput.OfTable("it", db, new(table)) with { Partitioning = asked };
        Assert.Equal(DbErrorKind.NotSupported, (await Assert.ThrowsAsync<DbConductorException>(() => session.QueryAsync(side, "select 1 x"))).Kind);
        side = side with { Partitioning = asked with { AllowSkew = true, Column = "n" } };
        Assert.Equal(DbErrorKind.InvalidArgument, (await Assert.ThrowsAsync<DbConductorException>(() => session.QueryAsync(side, "select 1 x"))).Kind);
        side = side with { Partitioning = asked with { AllowSkew = true } };
        SparkResult result = await session.QueryAsync(side, "select count(*) n, sum(id) s, count(distinct p) p from (select id, spark_partition_id() p from v)");
        await using RowReader rows = result.Rows;
        Assert.Contains("AllowSkew", Assert.Single(result.Warnings), StringComparison.Ordinal);
        object?[] found = (await rows.ToArrayAsync())[0];
        Assert.Equal([500L, 124750L], found[..2]);
        Assert.InRange((long)found[2]!, 2, 5);
    }

    [SkippableFact]
    public async Task The_address_stands_in_no_plan_and_no_log()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        TableName table = New();
        await db.CreateAsync(table, Spec.Table(["id int"]), default);
        Dictionary<string, JoinInput> views = new() { ["v"] = JoinInput.OfTable("it", db, new(table)) };
        SparkResult result = await session.RunAsync(new SparkQuery(views, "explain extended select * from v"), new SparkCall("test"), default);
        await using RowReader plan = result.Rows;
        string text = (string)(await plan.ToArrayAsync())[0][0]!;
        Assert.Contains("coalesce(c0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mongodb://", text, StringComparison.Ordinal);

        await using FileStream log = new(session.Info.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string said = await new StreamReader(log).ReadToEndAsync();
        Assert.DoesNotContain($":{database.Profile.Password?.Reveal() ?? "none"}@", said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Values_of_every_type_go_from_a_collection_through_Spark_into_a_collection()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        string[] columns = [.. s_columns, "d decimal", "f float", "at time", "span timespan", "j json"];
        object?[][] rows =
        [
            [.. Row(1, "a"), 79228162514264337593543950335m, 0.1f, new TimeOnly(23, 59, 59, 999), TimeSpan.MinValue, JsonNode.Parse("{\"a\":[1.50,null]}")],
            [2, .. new object?[columns.Length - 1]],
        ];
        TableName from = New();
        TableName into = New();
        await db.SaveAsync(from, Spec.Rows(columns, rows), new() { CreateTable = true }, default);
        SparkResult result = await session.RunAsync(
            new SparkJoin(JoinInput.OfTable("from", db, new(from)), JoinInput.OfTable("again", db, new(from) { Columns = [new("id", "again")] }), new([new("id", "again")])), new SparkCall("types"), default);
        await db.SaveAsync(into, result.Rows, new() { CreateTable = true }, default);
        await result.Rows.DisposeAsync();
        Assert.Equal(await ShowAsync(await db.GetAsync(new(from), default)), (await ShowAsync(await db.GetAsync(new(into) { Columns = [.. columns.Select(c => new ColumnPick(c.Split(' ')[0], c.Split(' ')[0]))] }, default))));
        Assert.Equal(2, await db.CountAsync(into, null, default));
    }

    private static object?[] Row(int i, string? text) =>
    [
        i, i % 2 == 0, (short)(i - 4), (long)i << 40, i == 3 ? 1e300 : (i / 8.0) - 1, text, new byte[] { (byte)i, 0, 255 }, Guid(i),
        i == 1 ? new DateOnly(1000, 1, 1) : i == 2 ? new DateOnly(9999, 12, 31) : new DateOnly(2024, 2, 20 + (i % 10)),
        i == 1 ? new DateTime(1500, 3, 1) : new DateTime(2024, 2, 29, 10, 0, 0).AddMilliseconds(i), new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.Zero).AddHours(i),
    ];

    private static Guid Guid(int i) => new(i, 2, 3, 0x84, 5, 6, 7, 8, 9, 10, 0xab);

    private static TableName New() => new(null, $"spark_{System.Guid.NewGuid():N}");

    private static JoinInput Ids() => new("ids", _ => Task.FromResult(Spec.Rows(["id int"], [.. Enumerable.Range(0, 101).Select(i => new object?[] { i })])));

    private async Task<IDbAdapter> OpenAsync()
    {
        IDbAdapter db = new MongoDbAdapterFactory().Create(database.Profile, new AdapterServices());
        await db.ConnectAsync(default);
        return db;
    }

    private static async Task<List<string>> ShowAsync(RowReader rows)
    {
        await using (rows)
        {
            return
            [
                .. (await rows.ToArrayAsync()).Select(row => NestedLoop.Show(row.Select(v => v switch
                {
                    byte[] bytes => Convert.ToHexString(bytes),
                    System.Guid guid => guid.ToString(),
                    DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture),
                    _ => v,
                }))).Order(StringComparer.Ordinal),
            ];
        }
    }
}

[Collection("Spark")]
public sealed class SparkMongoDbReplicaSetTests(SparkFixture spark, MongoDbReplicaSet database) : SparkMongoDbTests(spark, database), IClassFixture<MongoDbReplicaSet>;

[Collection("Spark")]
public sealed class SparkMongoDbStandaloneTests(SparkFixture spark, MongoDbStandalone database) : SparkMongoDbTests(spark, database), IClassFixture<MongoDbStandalone>;
