using DbConductor.Tests.Servers;
using MongoDB.Driver;

namespace DbConductor.Tests.Contract;

/// <summary>Stashes in MongoDB, on a replica set.</summary>
public sealed class MongoDbStashFaultTests(StashFaultTests.OwnServer own) : StashFaultTests(own)
{
    private protected override FaultServer StartServer()
    {
        TestbedServer server = TestbedServer.Start("mongo", FaultServer.Require(TestbedServer.Find("mongo"), "MongoDB", isPackage: false), "--replica-set");
        string text = new MongoUrlBuilder(server.ConnectionString) { DatabaseName = "faults" }.ToString();
        return new(new() { Name = "faults", Type = "MongoDb", ConnectionString = new Secret(text) }, server, server.Kill, server.Restart);
    }
}
