using System.Globalization;
using DbConductor.Spark;
using DbConductor.Sql;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>MySqlConnector's settings in the words of MySQL's JDBC driver, which serves MariaDB too (https://dev.mysql.com/doc/connector-j/en/connector-j-reference-configuration-properties.html).</summary>
internal static class MySqlSpark
{
    private const string Driver = "com.mysql.cj.jdbc.Driver";

    private static readonly SparkConnector s_connector = SqlSparkConnector.Jdbc(Driver, "com.mysql:mysql-connector-j:9.7.0", "mysql-connector-j-9.7.0.jar");

    internal static (SparkConnection? Connection, string? Refusal) Connection(MySqlConnectionStringBuilder settings, AdapterProfile profile, string sessionSql)
    {
        string? ssl = settings.SslMode switch
        {
            MySqlSslMode.None => "DISABLED",
            MySqlSslMode.Preferred => "PREFERRED",
            MySqlSslMode.Required => "REQUIRED",
            _ => null,
        };
        if (settings.ConnectionProtocol != MySqlConnectionProtocol.Sockets || settings.Server.Contains(',', StringComparison.Ordinal) || ssl is null)
        {
            return (null, "its session goes by a socket, to several hosts or with certificates that are checked, which Spark is not told");
        }

        if (settings.AllowZeroDateTime)
        {
            return (null, "its dates of zeros are null to its session alone");
        }

        Dictionary<string, string> options = new()
        {
            ["url"] = string.Create(CultureInfo.InvariantCulture, $"jdbc:mysql://{settings.Server}:{settings.Port}/{Uri.EscapeDataString(settings.Database)}"),
            ["driver"] = Driver,
            ["user"] = settings.UserID,
            ["sslMode"] = ssl,
            ["fetchsize"] = "10000",

            // without a cursor all rows would be in the executor's memory at once
            ["useCursorFetch"] = "true",
            ["tinyInt1isBit"] = "false",
            ["yearIsDateType"] = "false",
            ["connectionTimeZone"] = "UTC",
            ["sessionInitStatement"] = sessionSql,
        };
        if (settings.Password.Length > 0)
        {
            options["password"] = settings.Password;
        }

        if (settings.AllowPublicKeyRetrieval)
        {
            options["allowPublicKeyRetrieval"] = "true";
        }

        return (new(s_connector) { Options = options, Profile = profile }, null);
    }
}
