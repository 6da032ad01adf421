using DbConductor.Adapters.MongoDb;

namespace DbConductor.Benchmarks;

/// <content>The server of the MongoDb adapter.</content>
internal static partial class CopyBenchmark
{
    static partial void AddMongoDb(List<Contestant> contestants)
    {
        if (Environment.GetEnvironmentVariable("DBCONDUCTOR_TEST_MONGODB") is { Length: > 0 } server)
        {
            contestants.Add(new("MongoDb", new MongoDbAdapterFactory(), RawMongoDb.In(server), RawMongoDb.Reset, RawMongoDb.Load)
            {
                // a server of the testbed breaks connections off while it drops a million documents
                Rows = 200_000,
            });
        }
    }
}
