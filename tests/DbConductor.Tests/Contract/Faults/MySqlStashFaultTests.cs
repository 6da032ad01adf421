namespace DbConductor.Tests.Contract;

/// <summary>Stashes in MySQL.</summary>
public sealed class MySqlStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => MySqlBatchFaultTests.Server();
}
