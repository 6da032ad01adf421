using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>MongoDB as a replica set, which has transactions.</summary>
public sealed class MongoDbReplicaSetContractTests(MongoDbReplicaSet database) : MongoDbContract(database), IClassFixture<MongoDbReplicaSet>
{
    /// <summary>A change stream gives nothing until something changes.</summary>
    protected override string EndlessQuery(string mark) => $$$"""{"aggregate": 1, "pipeline": [{"$changeStream": {}}, {"$match": {"{{{mark}}}": 1}}], "cursor": {}}""";
}
