namespace DbConductor.Tests.Contract;

/// <summary>SQLite in memory, where everything shares one connection.</summary>
public sealed class SqliteMemoryContractTests : SqliteContractTests
{
    /// <inheritdoc/>
    protected override AdapterProfile Profile => base.Profile with
    {
        Database = ":memory:",
        Options = new Dictionary<string, string> { ["Default Timeout"] = "2" },
    };

    /// <inheritdoc/>
    protected override bool OneConnection => true;
}
