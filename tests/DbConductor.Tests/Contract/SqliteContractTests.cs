using DbConductor.Adapters.Sqlite;

namespace DbConductor.Tests.Contract;

/// <summary>SQLite, on a file of its own for every test.</summary>
public sealed class SqliteContractTests : ContractTests
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

    /// <summary>SQLite has no NaN; a text's NUL ends it for many of its functions, so that it would be found by none of them.</summary>
    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string> { "float: NaN", "double: NaN" };

    /// <inheritdoc/>
    protected override bool CaseDistinctColumns => false;

    /// <inheritdoc/>
    protected override string EndlessQuery(string mark) =>
        $"with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as {mark} from n where i < 0";

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private AdapterProfile ProfileOf(string file) =>
        new() { Name = "test", Type = "Sqlite", Database = Path.Combine(_directory.FullName, file) };
}
