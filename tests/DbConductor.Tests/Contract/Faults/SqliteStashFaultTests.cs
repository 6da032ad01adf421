namespace DbConductor.Tests.Contract;

/// <summary>Stashes in an SQLite file.</summary>
public sealed class SqliteStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => SqliteBatchFaultTests.File();
}
