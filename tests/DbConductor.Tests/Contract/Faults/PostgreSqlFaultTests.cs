using DbConductor.Adapters.PostgreSql;
using DbConductor.Tests.Servers;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgreSqlFaultTests(PostgreSqlFaultTests.Cluster cluster) : ServerFaultTests(cluster), IClassFixture<PostgreSqlFaultTests.Cluster>
{
    /// <summary>With its end: BEGIN ... READ COMMITTED has the word too.</summary>
    protected override string CommitText => "COMMIT\0";

    /// <inheritdoc/>
    protected override async Task TerminateOthersAsync()
    {
        await using NpgsqlConnection connection = new(Target.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()", connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    protected override Task<IDbAdapter> MakeAsync(int port)
    {
        NpgsqlConnectionStringBuilder settings = new(Target.ConnectionString);
        return Task.FromResult(new PostgreSqlAdapterFactory().Create(
            new()
            {
                Name = "test",
                Type = "PostgreSql",
                Server = settings.Host,
                Port = port,
                Database = settings.Database,
                UserName = settings.Username,
                Password = new Secret(settings.Password!),
            },
            new AdapterServices()));
    }

    /// <summary>A cluster.</summary>
    public sealed class Cluster() : OwnServer("PostgreSQL", () => PostgreSqlCluster.FindBinaries() is { } folder ? PostgreSqlCluster.Start(folder) : null);
}
