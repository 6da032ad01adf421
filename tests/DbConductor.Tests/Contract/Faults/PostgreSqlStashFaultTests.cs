namespace DbConductor.Tests.Contract;

/// <summary>Stashes in PostgreSQL.</summary>
public sealed class PostgreSqlStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => PostgreSqlBatchFaultTests.Server();
}
