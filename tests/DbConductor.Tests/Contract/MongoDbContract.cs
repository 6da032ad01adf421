using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DbConductor.Adapters.MongoDb;
using DbConductor.Tests.Rows;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>MongoDB, in a database of its own on the server that the environment names.</summary>
public abstract partial class MongoDbContract(MongoDbDatabase database) : ContractTests
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    /// <inheritdoc/>
    protected override IAdapterFactory Factory { get; } = new MongoDbAdapterFactory();

    /// <summary>The database past the adapter.</summary>
    protected MongoDbDatabase Database => database;

    /// <inheritdoc/>
    protected override AdapterProfile Profile => database.Profile;

    /// <inheritdoc/>
    protected override IEnumerable<(string What, AdapterProfile Profile, DbErrorKind Kind)> BadProfiles
    {
        get
        {
            _silent.Start();
            int silentPort = ((IPEndPoint)_silent.LocalEndpoint).Port;
            Secret wrong = new("wr0ng;'pass\"word");
            List<(string, AdapterProfile, DbErrorKind)> bad =
            [
                ("a host that there is not", Profile with { Server = "no-such-host.invalid" }, DbErrorKind.Connection),
                ("a port where nobody listens", Profile with { Port = ThrowawayServer.FreePort() }, DbErrorKind.Connection),
                ("a server that never answers", Profile with { Port = silentPort, Timeout = TimeSpan.FromSeconds(1) }, DbErrorKind.Timeout),
                ("no database", Profile with { Database = null }, DbErrorKind.InvalidArgument),
                ("a connection string of another product", Profile with { ConnectionString = new("Host=x;Password=y") }, DbErrorKind.InvalidArgument),
            ];
            if (Profile.Password is not null)
            {
                bad.Add(("a wrong password", Profile with { Password = wrong }, DbErrorKind.Authentication));
                bad.Add(("no credentials", Profile with { UserName = null, Password = null }, DbErrorKind.Authentication));
                bad.Add(("a user that there is not", Profile with { UserName = "nobody here", Password = wrong }, DbErrorKind.Authentication));
            }

            return bad;
        }
    }

    /// <summary>MongoDB's dates end at the millisecond.</summary>
    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string>
    {
        "datetime: last microsecond", "datetime: last tick", "datetime: a tick", "datetimeoffset: last microsecond", "datetimeoffset: last tick",
        "json: digits that a Decimal128 lacks",
    };

    /// <inheritdoc/>
    protected override TimeSpan TimeResolution => TimeSpan.FromMilliseconds(1);

    /// <summary>Every type of BSON, as Extended JSON writes it.</summary>
    protected override IEnumerable<(string Type, string Literal, object Expected)> NativeValues =>
    [
        ("double", "1.5", 1.5), ("double", """{"$numberDouble":"NaN"}""", double.NaN), ("string", "'x'", "x"), ("object", """{"a":{"b":[1,null]}}""", Json("""{"a":{"b":[1,null]}}""")),
        ("array", "[1,'b',{}]", Json("""[1,"b",{}]""")), ("binData", """{"$binary":{"base64":"AP8=","subType":"00"}}""", new byte[] { 0, 255 }),
        ("binData", """{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}""", new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        ("objectId", """{"$oid":"507f1f77bcf86cd799439011"}""", "507f1f77bcf86cd799439011"), ("bool", "true", true),
        ("date", """{"$date":"2024-02-29T01:02:03.123Z"}""", new DateTimeOffset(2024, 2, 29, 1, 2, 3, 123, TimeSpan.Zero)),
        ("regex", """{"$regularExpression":{"pattern":"^a","options":"i"}}""", Json("""{"$regularExpression":{"pattern":"^a","options":"i"}}""")),
        ("int", "7", 7), ("long", """{"$numberLong":"7"}""", 7L), ("decimal", """{"$numberDecimal":"1.50"}""", 1.50m),
        ("timestamp", """{"$timestamp":{"t":5,"i":2}}""", Json("""{"$timestamp":{"t":5,"i":2}}""")), ("minKey", """{"$minKey":1}""", Json("""{"$minKey":1}""")),
        ("maxKey", """{"$maxKey":1}""", Json("""{"$maxKey":1}""")), ("nested", """{"d":{"$numberDecimal":"0.1"},"o":{"$oid":"507f1f77bcf86cd799439011"},"n":1.0}""",
            Json("""{"d":{"$numberDecimal":"0.1"},"o":{"$oid":"507f1f77bcf86cd799439011"},"n":1.0}""")),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal)> UnreadableValues =>
    [
        ("decimal", """{"$numberDecimal":"NaN"}"""), ("decimal", """{"$numberDecimal":"1234567890123456789012345678901234"}"""), ("decimal", """{"$numberDecimal":"1E-40"}"""),
        ("date", """{"$date":{"$numberLong":"253402300800000"}}"""),
    ];

    /// <inheritdoc/>
    protected override string IdentityColumn => "";

    /// <inheritdoc/>
    protected override string? IgnoreCaseColumn => "collation";

    /// <inheritdoc/>
    protected override NativeWords Words { get; } = new MongoDbWords();

    /// <inheritdoc/>
    protected override bool SpeaksSql => false;

    /// <inheritdoc/>
    protected override bool Defaults => false;

    /// <inheritdoc/>
    protected override bool ForeignKeys => false;

    /// <inheritdoc/>
    protected override bool ClosedColumns => false;

    /// <inheritdoc/>
    protected override bool KeysNeedNoIndex => false;

    /// <inheritdoc/>
    protected override bool StreamsInput => false;

    /// <inheritdoc/>
    protected override bool DeferredConstraints => false;

    /// <summary>A dot is a way into a nested document, a dollar begins an operator.</summary>
    protected override IReadOnlySet<string> ImpossibleNames { get; } = new HashSet<string> { "a.b", "$1", "" };

    /// <inheritdoc/>
    protected override IReadOnlySet<string> ImpossibleTableNames { get; } = new HashSet<string> { "$1" };

    /// <summary>A transaction must fit the storage engine's cache, of which the server has little in tests.</summary>
    protected override long? MostInTransaction => 20_000;

    /// <inheritdoc/>
    protected override string? OtherSchema => database.OtherDatabase;

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        _silent.Stop();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task<TableName> CreateCheckedAsync()
    {
        TableName table = NewName();
        await SqlAsync($$$"""
            [{"create": "{{{table.Name}}}", "validator": {"v": {"$ne": "bad"} } },
             {"createIndexes": "{{{table.Name}}}", "indexes": [{"key": {"id": 1}, "name": "dbconductor_key", "unique": true}]}]
            """);
        return table;
    }

    [SkippableFact]
    public async Task A_collection_for_which_nothing_is_declared_takes_rows_without_an_id()
    {
        TableName table = NewName();
        TestRows Objects() => new((TestRows.Of("n", "v"), [[1, "a"], [2, null]])) { Fed = true };

        SaveResult made = await Db.SaveAsync(table, Objects(), new() { CreateTable = true }, default);
        SaveResult more = await Db.SaveAsync(table, Objects(), new(), default);
        SavePlan plan = await Db.PlanAsync(table, Objects().Columns, new(), default);

        Assert.True(made.Created);
        Assert.Equal((2L, 2L), (made.Rows, more.Rows));
        Assert.Equal(["n", "v"], plan.Columns.Select(c => c.Source).OfType<string>());
        Assert.Equal(4, await Db.CountAsync(table, null, default));
        await Fails(DbErrorKind.ColumnNotFound, () => Db.SaveAsync(table, Objects(), new() { Mode = SaveMode.Upsert, CommitEvery = 10 }, default));
    }

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;
}
