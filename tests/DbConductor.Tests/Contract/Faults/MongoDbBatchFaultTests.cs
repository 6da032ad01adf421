using DbConductor.Tests.Servers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Tests.Contract;

/// <summary>Batches into MongoDB as a replica set, whose server is killed.</summary>
public sealed class MongoDbBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => Server("--replica-set");

    // with commits synced: an acknowledged one must outlive the kill
    internal static FaultServer Server(params string[] options)
    {
        TestbedServer server = TestbedServer.Start("mongo", FaultServer.Require(TestbedServer.Find("mongo"), "MongoDB", isPackage: false), options);
        MakeFiles(server.ConnectionString);
        string text = new MongoUrlBuilder(server.ConnectionString) { DatabaseName = "faults" }.ToString();
        return new(new() { Name = "faults", Type = "MongoDb", ConnectionString = new Secret(text) }, server, server.Kill, server.Restart);
    }

    // the testbed's server keeps collections in sixteen files by a hash of their names, makes each on first use, and cannot open its store after a kill in the middle of that
    private static void MakeFiles(string connection)
    {
        using MongoClient client = new(connection);
        for (int i = 0; i < 200; i++)
        {
            client.GetDatabase("files").GetCollection<BsonDocument>($"c{i}").InsertOne([]);
        }

        client.DropDatabase("files");
    }
}

/// <summary>Batches into a standalone MongoDB, which has no transactions.</summary>
public sealed class MongoDbStandaloneBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => MongoDbBatchFaultTests.Server();
}
