using MySqlConnector;
using Xunit;

namespace DbConductor.Tests.Servers;

/// <summary>A database that lives as long as the tests of one class, on the server that an environment variable names.</summary>
public abstract class MySqlDatabase(string serverVariable) : IAsyncLifetime
{
    private readonly string? _server = Environment.GetEnvironmentVariable(serverVariable);
    private readonly string _name = "dbconductor_" + Guid.NewGuid().ToString("N");

    /// <summary>A second database, whose name needs quotes.</summary>
    public string OtherSchema => _name + " other";

    /// <summary>How an adapter reaches the database; skips where there is no server, which on CI is a failure.</summary>
    public AdapterProfile Profile
    {
        get
        {
            MySqlConnectionStringBuilder settings = Settings();
            return new()
            {
                Name = "test",
                Type = "MySql",
                Server = settings.Server,
                Port = (int)settings.Port,
                Database = settings.Database,
                UserName = settings.UserID,
                Password = new Secret(settings.Password),
                Options = new Dictionary<string, string> { ["AllowPublicKeyRetrieval"] = "true" },
            };
        }
    }

    /// <summary>A connection that goes past the adapter.</summary>
    public async Task<MySqlConnection> OpenAsync()
    {
        MySqlConnection connection = new(Settings().ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!string.IsNullOrEmpty(_server))
        {
            await ExecuteAsync($"create database `{_name}`");
            await ExecuteAsync($"create database `{OtherSchema}`");
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (!string.IsNullOrEmpty(_server))
        {
            await ExecuteAsync($"drop database `{_name}`");
            await ExecuteAsync($"drop database `{OtherSchema}`");
        }
    }

    private MySqlConnectionStringBuilder Settings() => new(Needed.Server(serverVariable)) { Database = _name, Pooling = false, AllowPublicKeyRetrieval = true };

    private async Task ExecuteAsync(string sql)
    {
        await using MySqlConnection connection = new(new MySqlConnectionStringBuilder(_server!) { Pooling = false, AllowPublicKeyRetrieval = true }.ConnectionString);
        await connection.OpenAsync();
        await using MySqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A database on a MySQL server.</summary>
public sealed class MySqlServerDatabase() : MySqlDatabase("DBCONDUCTOR_TEST_MYSQL");

/// <summary>A database on a MariaDB server.</summary>
public sealed class MariaDbServerDatabase() : MySqlDatabase("DBCONDUCTOR_TEST_MARIADB");
