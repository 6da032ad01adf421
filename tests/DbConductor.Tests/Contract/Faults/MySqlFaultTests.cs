using DbConductor.Adapters.MySql;
using DbConductor.Tests.Servers;
using MySqlConnector;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>On MySQL and its kin.</summary>
public abstract class MySqlFamilyFaultTests(ServerFaultTests.OwnServer server) : ServerFaultTests(server)
{
    private const string Database = "faults";

    /// <inheritdoc/>
    protected override string CommitText => "commit";

    /// <inheritdoc/>
    protected override async Task TerminateOthersAsync()
    {
        await using MySqlConnection connection = new(Target.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        List<long> others = [];
        await using (MySqlCommand list = new($"select id from information_schema.processlist where db = '{Database}' and id <> connection_id()", connection))
        await using (MySqlDataReader reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                others.Add(reader.GetInt64(0));
            }
        }

        foreach (long id in others)
        {
            await using MySqlCommand kill = new($"kill {id}", connection);
            await kill.ExecuteNonQueryAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task<IDbAdapter> MakeAsync(int port)
    {
        await using (MySqlConnection connection = new(Target.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using MySqlCommand create = new($"create database if not exists {Database}", connection);
            await create.ExecuteNonQueryAsync();
        }

        MySqlConnectionStringBuilder settings = new(Target.ConnectionString);
        return new MySqlAdapterFactory().Create(
            new()
            {
                Name = "test",
                Type = "MySql",
                Server = "127.0.0.1",
                Port = port,
                Database = Database,
                UserName = settings.UserID,
                Password = new Secret(settings.Password),

                // the proxy reads what goes by
                Options = new Dictionary<string, string> { ["SslMode"] = "None", ["AllowPublicKeyRetrieval"] = "true" },
            },
            new AdapterServices());
    }
}

/// <summary>On MariaDB.</summary>
public sealed class MariaDbMySqlFaultTests(MariaDbMySqlFaultTests.Server server) : MySqlFamilyFaultTests(server), IClassFixture<MariaDbMySqlFaultTests.Server>
{
    /// <summary>A MariaDB.</summary>
    public sealed class Server() : OwnServer("MariaDB", () => MariaDbServer.FindBinaries() is { } folder ? MariaDbServer.Start(folder) : null);
}

/// <summary>On MySQL.</summary>
public sealed class MySqlFaultTests(MySqlFaultTests.Server server) : MySqlFamilyFaultTests(server), IClassFixture<MySqlFaultTests.Server>
{
    /// <summary>A MySQL.</summary>
    public sealed class Server() : OwnServer("MySQL", () => TestbedServer.Find("mysql") is { } folder ? TestbedServer.Start("mysql", folder, "--", "--innodb-flush-log-at-trx-commit=2") : null);
}
