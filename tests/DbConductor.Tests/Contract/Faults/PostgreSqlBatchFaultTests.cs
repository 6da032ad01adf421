using DbConductor.Tests.Servers;

namespace DbConductor.Tests.Contract;

/// <summary>Batches into PostgreSQL, whose server is ended at once.</summary>
public sealed class PostgreSqlBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => Server();

    internal static FaultServer Server()
    {
        PostgreSqlCluster cluster = PostgreSqlCluster.Start(FaultServer.Require(PostgreSqlCluster.FindBinaries(), "PostgreSQL"));
        return new(
            new() { Name = "faults", Type = "PostgreSql", ConnectionString = new Secret(cluster.ConnectionString) }, cluster, cluster.Kill, cluster.Restart);
    }
}
