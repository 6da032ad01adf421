using DbConductor.Adapters.Sqlite;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>SQLite, on a file of its own for every test.</summary>
public class SqliteContractTests : ContractTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dbconductor-contract-");

    /// <inheritdoc/>
    protected override IAdapterFactory Factory { get; } = new SqliteAdapterFactory();

    /// <inheritdoc/>
    protected override AdapterProfile Profile => ProfileOf("test.db");

    /// <inheritdoc/>
    protected override IEnumerable<(string What, AdapterProfile Profile, DbErrorKind Kind)> BadProfiles
    {
        get
        {
            File.WriteAllText(Path.Combine(_directory.FullName, "words.txt"), string.Join(' ', Enumerable.Repeat("no database, only words", 1000)));
            _directory.CreateSubdirectory("folder");
            return
            [
                ("a file that is not a database", ProfileOf("words.txt"), DbErrorKind.InvalidData),
                ("a directory that is missing", ProfileOf(Path.Combine("missing", "test.db")), DbErrorKind.NotFound),
                ("a directory in the place of the file", ProfileOf("folder"), DbErrorKind.NotFound),
                ("a missing file that must be there", ProfileOf("none.db") with { Options = new Dictionary<string, string> { ["Mode"] = "ReadWrite" } }, DbErrorKind.NotFound),
            ];
        }
    }

    /// <inheritdoc/>
    protected override string RefuseByTrigger(TableName table) =>
        $"create trigger {table.Name}_t before insert on {table.Name} when new.v = 'bad' begin select raise(abort, 'no bad ones'); end";

    /// <summary>SQLite has no NaN; a text's NUL ends it for many of its functions, so that it would be found by none of them.</summary>
    protected override IReadOnlySet<string> JoinedHere { get; } = new HashSet<string>
    {
        "int:int", "int:long", "short:long", "double:double", "float:double", "string:string", "string(20):string", "binary(16):binary",
        "int+string:int+string",
    };

    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string> { "float: NaN", "double: NaN" };

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal, object Expected)> NativeValues =>
    [
        ("integer", "9223372036854775807", long.MaxValue), ("int", "-7", -7L), ("tinyint", "300", 300L), ("text", "'x'", "x"), ("varchar(10)", "'abc'", "abc"),
        ("clob", "'c'", "c"), ("real", "1.5", 1.5), ("real", "2", 2d), ("double precision", "1e300", 1e300), ("blob", "x'00ff'", new byte[] { 0, 255 }),
        ("numeric", "1.5", 1.5), ("numeric", "12345678901", 12345678901L), ("decimal(10,2)", "'text in it'", "text in it"), ("", "x'01'", new byte[] { 1 }), ("", "'any'", "any"),
        ("boolean", "1", true), ("date", "'2024-02-29'", new DateOnly(2024, 2, 29)), ("datetime", "'2024-02-29 01:02:03'", new DateTime(2024, 2, 29, 1, 2, 3)),
        ("datetime", "'2024-02-29T01:02:03Z'", new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc)), ("timestamp", "'2024-02-29'", new DateTime(2024, 2, 29)),
        ("uuid", "'00112233-4455-6677-8899-aabbccddeeff'", new Guid("00112233-4455-6677-8899-aabbccddeeff")), ("json", "'{\"a\":1}'", System.Text.Json.Nodes.JsonNode.Parse("{\"a\":1}")!),
    ];

    /// <summary>SQLite keeps to no declared type.</summary>
    protected override IEnumerable<(string Type, string Literal)> UnreadableValues =>
        [("integer", "'abc'"), ("integer", "1.5"), ("real", "'x'"), ("boolean", "2"), ("date", "'yesterday'"), ("datetime", "20240101"), ("text", "x'ff'"), ("blob", "'text'"), ("json", "'{'"), ("uuid", "'1'")];

    /// <inheritdoc/>
    protected override string IdentityColumn => "integer primary key";

    /// <inheritdoc/>
    protected override string? IgnoreCaseColumn => "text collate nocase";

    /// <inheritdoc/>
    protected override bool CaseDistinctColumns => false;

    /// <inheritdoc/>
    protected override string EndlessQuery(string mark) =>
        $"with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as {mark} from n where i < 0";

    [SkippableTheory]
    [InlineData("decimal", "1234567890.1234567891", null)]
    [InlineData("decimal", "12.50", 12.5)]
    [InlineData("string", "12345678901234567891", null)]
    [InlineData("string", "0.1234567890123456789", null)]
    [InlineData("string", " 1e999 ", null)]
    [InlineData("string", "1e-99999999999999999999", null)]
    [InlineData("string", "007", 7L)]
    [InlineData("string", "-15.0e-1", -1.5)]
    [InlineData("string", "0.000", 0L)]
    [InlineData("string", "9223372036854775807", long.MaxValue)]
    [InlineData("string", "1,5", "1,5")]
    [InlineData("string", "NaN", "NaN")]
    public async Task A_column_of_NUMERIC_affinity_takes_no_number_of_which_it_would_lose_digits(string type, string text, object? kept)
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id integer primary key, v decimal(30,10))");
        await SaveAsync(table, ["id int"], [1]);
        object value = type == "decimal" ? decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : text;
        Func<Task>[] writes =
        [
            () => SaveAsync(table, ["id int", $"v {type}"], [2, value]),
            () => SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, ["id int", $"v {type}"], [3, null], [1, value]),
            () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = value }, default),
        ];

        foreach (Func<Task> write in writes)
        {
            if (kept is null)
            {
                Assert.Equal("v", (await Fails(DbErrorKind.InvalidData, write)).Column);
                Assert.Equal([[1L, null]], await RowsOf(table));
            }
            else
            {
                await write();
                Assert.Contains(await RowsOf(table), row => kept.Equals(row[1]));
                await Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = null }, default);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private AdapterProfile ProfileOf(string file) =>
        new() { Name = "test", Type = "Sqlite", Database = Path.Combine(_directory.FullName, file) };
}
