using DbConductor.Adapters.PostgreSql;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Servers;

/// <summary>A database that lives as long as the tests of one class, on the server that the environment names.</summary>
public sealed class PostgreSqlDatabase : IAsyncLifetime
{
    /// <summary>The variable with the connection string of a server where databases and roles may be created.</summary>
    public const string ServerVariable = "DBCONDUCTOR_TEST_POSTGRESQL";

    /// <summary>A second schema in the database, whose name needs quotes.</summary>
    public const string OtherSchema = "Other schema";

    private readonly string? _server = Environment.GetEnvironmentVariable(ServerVariable);
    private readonly string _name = "dbconductor_" + Guid.NewGuid().ToString("N");

    // the factory sets how the driver treats infinity, which the driver settles at its first use: here, were it not for this
    static PostgreSqlDatabase() => _ = new PostgreSqlAdapterFactory();

    /// <summary>How an adapter reaches the database; skips where there is no server, which on CI is a failure.</summary>
    public AdapterProfile Profile
    {
        get
        {
            NpgsqlConnectionStringBuilder settings = Settings();
            return new()
            {
                Name = "test",
                Type = "PostgreSql",
                Server = settings.Host,
                Port = settings.Port,
                Database = settings.Database,
                UserName = settings.Username,
                Password = settings.Password is { } password ? new Secret(password) : null,
            };
        }
    }

    /// <summary>A connection that goes past the adapter.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = new(Settings().ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!string.IsNullOrEmpty(_server))
        {
            await ExecuteAsync(_server, $"create database {_name}");
            await using NpgsqlConnection connection = await OpenAsync();
            await using NpgsqlCommand command = new(
                $"""
                create schema "{OtherSchema}";
                create type contract_mood as enum ('sad', 'happy');
                create domain contract_small as int check (value < 100);
                create collation contract_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                """,
                connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (!string.IsNullOrEmpty(_server))
        {
            await ExecuteAsync(_server, $"drop database {_name} with (force)");
        }
    }

    private NpgsqlConnectionStringBuilder Settings() => new(Needed.Server(ServerVariable)) { Database = _name, Pooling = false };

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
