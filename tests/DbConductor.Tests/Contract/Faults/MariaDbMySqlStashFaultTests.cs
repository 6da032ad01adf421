namespace DbConductor.Tests.Contract;

/// <summary>Stashes in MariaDB.</summary>
public sealed class MariaDbMySqlStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => MariaDbMySqlBatchFaultTests.Server();
}
