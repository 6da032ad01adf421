using System.Globalization;
using DbConductor.Spark;
using DbConductor.Sql;
using Npgsql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>Npgsql's settings in the words of PostgreSQL's JDBC driver (https://jdbc.postgresql.org/documentation/use/).</summary>
internal static class PostgreSqlSpark
{
    private const string Driver = "org.postgresql.Driver";

    private static readonly SparkConnector s_connector = SqlSparkConnector.Jdbc(Driver, "org.postgresql:postgresql:42.7.14", "postgresql-42.7.14.jar");

    internal static (SparkConnection? Connection, string? Refusal) Connection(NpgsqlConnectionStringBuilder settings, AdapterProfile profile)
    {
        string host = settings.Host!;
        if (host.StartsWith('/') || host.Contains(',', StringComparison.Ordinal) || settings.SslCertificate is not null)
        {
            return (null, "its session goes by a socket, to several hosts or with a client's certificate, which Spark is not told");
        }

        string name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        Dictionary<string, string> options = new()
        {
            ["url"] = string.Create(CultureInfo.InvariantCulture, $"jdbc:postgresql://{name}:{settings.Port}/{Uri.EscapeDataString(settings.Database ?? settings.Username ?? "")}"),
            ["driver"] = Driver,
            ["user"] = settings.Username ?? "",
            ["ApplicationName"] = "DbConductor Spark",
            ["fetchsize"] = "10000",
            ["sslmode"] = settings.SslMode switch
            {
                SslMode.Disable => "disable",
                SslMode.Allow => "allow",
                SslMode.Require => "require",
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                _ => "prefer",
            },
        };
        if (settings.Password is { Length: > 0 } password)
        {
            options["password"] = password;
        }

        if (settings.RootCertificate is { Length: > 0 } root)
        {
            options["sslrootcert"] = root;
        }

        if (settings.SearchPath is { Length: > 0 } path)
        {
            options["currentSchema"] = path;
        }

        // a search path, a role: what decides which rows there are; Npgsql looks into the environment, too
        if ((settings.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS")) is { Length: > 0 } parameters)
        {
            options["options"] = parameters;
        }

        return (new(s_connector) { Options = options, Profile = profile }, null);
    }
}
