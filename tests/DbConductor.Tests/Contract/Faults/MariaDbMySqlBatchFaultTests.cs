using DbConductor.Tests.Servers;
using MySqlConnector;

namespace DbConductor.Tests.Contract;

/// <summary>Batches into MariaDB, whose server is killed.</summary>
public sealed class MariaDbMySqlBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => Server();

    internal static FaultServer Server() => Server(MariaDbServer.Start(FaultServer.Require(MariaDbServer.FindBinaries(), "MariaDB")));

    internal static FaultServer Server(ThrowawayServer server)
    {
        using (MySqlConnection connection = new(new MySqlConnectionStringBuilder(server.ConnectionString) { Database = "", Pooling = false, AllowPublicKeyRetrieval = true }.ConnectionString))
        {
            connection.Open();
            using MySqlCommand command = new("create database if not exists faults", connection);
            command.ExecuteNonQuery();
        }

        string text = new MySqlConnectionStringBuilder(server.ConnectionString) { Database = "faults", AllowPublicKeyRetrieval = true }.ConnectionString;
        return new(new() { Name = "faults", Type = "MySql", ConnectionString = new Secret(text) }, server, server.Kill, server.Restart);
    }
}
