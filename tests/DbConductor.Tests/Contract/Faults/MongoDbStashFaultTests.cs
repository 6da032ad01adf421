namespace DbConductor.Tests.Contract;

/// <summary>Stashes in MongoDB, on a replica set.</summary>
public sealed class MongoDbStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => MongoDbBatchFaultTests.Server("--replica-set");
}

/// <summary>Stashes in a standalone MongoDB, which has no transactions.</summary>
public sealed class MongoDbStandaloneStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer() => MongoDbBatchFaultTests.Server();
}
