using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Servers;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The driver's settings of a profile. They go through a connection string in MongoDB's own form, whose options operators know.</summary>
internal static class MongoDbSettings
{
    /// <summary>How long a server is looked for unless told.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The options that the driver reads (https://www.mongodb.com/docs/drivers/csharp/current/connect/connection-options/); it passes over any other without a word.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "appName", "authMechanism", "authMechanismProperties", "authSource", "compressors", "zlibCompressionLevel", "connectTimeoutMS", "connectTimeout", "directConnection",
        "heartbeatFrequencyMS", "heartbeatFrequency", "heartbeatInterval", "heartbeatIntervalMS", "ipv6", "journal", "j", "loadBalanced", "localThresholdMS", "localThreshold",
        "maxConnecting", "maxIdleTimeMS", "maxIdleTime", "maxLifeTimeMS", "maxLifeTime", "maxPoolSize", "minPoolSize", "proxyHost", "proxyPort", "proxyUsername", "proxyPassword",
        "readConcernLevel", "readPreference", "readPreferenceTags", "maxStaleness", "maxStalenessSeconds", "replicaSet", "retryReads", "retryWrites", "serverMonitoringMode",
        "serverSelectionTimeoutMS", "serverSelectionTimeout", "socketTimeoutMS", "socketTimeout", "srvMaxHosts", "srvServiceName", "timeoutMS", "tls", "ssl", "tlsInsecure",
        "tlsDisableCertificateRevocationCheck", "sslVerifyCertificate", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames", "tlsCAFile", "tlsCertificateKeyFile", "uuidRepresentation",
        "w", "waitQueueTimeoutMS", "waitQueueTimeout", "wtimeoutMS", "wtimeout",
    };

    /// <summary>Options of other drivers that this one passes over, though a connection without them would be another one.</summary>
    private static readonly string[] NotTaken = ["tlsCAFile", "tlsCertificateKeyFile"];

    /// <summary>Reads a profile.</summary>
    /// <returns>The settings, the database, and where it is, for people.</returns>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a setting that is missing or means nothing, by name and never with its value.</exception>
    public static (MongoClientSettings Settings, string Database, string Location) Read(AdapterProfile profile) => Checked(profile, url =>
    {
        MongoClientSettings settings = MongoClientSettings.FromUrl(url.ToMongoUrl());
        TimeSpan timeout = profile.Timeout ?? UsualTimeout;
        settings.ServerSelectionTimeout = timeout;
        settings.ConnectTimeout = timeout;
        settings.ApplicationName ??= "DbConductor";

        // a session that moves data needs no connection more to hear of elections at once; and a server that stays silent on that one would have all others closed
        settings.ServerMonitoringMode = url.ServerMonitoringMode ?? ServerMonitoringMode.Poll;

        // clients with equal settings share their connections, and the first that is closed would close them for all: a delegate of its own makes them differ
        object own = new();
        settings.ClusterConfigurator = _ => GC.KeepAlive(own);
        settings.Freeze();
        return (settings, url.DatabaseName, $"{Place(url)}/{url.DatabaseName}");
    });

    /// <summary>What a profile says, as a connection string has it.</summary>
    public static MongoUrl Url(AdapterProfile profile) => Checked(profile, url => url.ToMongoUrl());

    private static T Checked<T>(AdapterProfile profile, Func<MongoUrlBuilder, T> read)
    {
        string text = profile.ConnectionString?.Reveal() ?? "mongodb://localhost";
        foreach ((string name, string value) in profile.Options)
        {
            if (!Known.Contains(name) || NotTaken.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument, $"The driver has no option '{name}'. Its documentation of connection strings lists them: replicaSet, tls, authSource, ...");
            }

            text += $"{Joint(text)}{name}={Uri.EscapeDataString(value)}";
        }

        try
        {
            MongoUrlBuilder url = new(text);
            bool isFirstChoice = profile.ConnectionString is null || new MongoUrl(text).DatabaseName is null;
            if (profile.Server is { } server)
            {
                url.Server = new(server, profile.Port ?? 27017);
            }
            else if (profile.Port is { } port)
            {
                url.Server = new(url.Server?.Host ?? "localhost", port);
            }

            url.Username = profile.UserName ?? url.Username;
            url.Password = profile.Password?.Reveal() ?? url.Password;
            url.DatabaseName = profile.Database ?? url.DatabaseName;
            if (url.Username is not null && url.AuthenticationSource is null && isFirstChoice && url.AuthenticationMechanism is null)
            {
                // a database in the connection string is where the user is known; -Database only says where the data is
                url.AuthenticationSource = "admin";
            }

            if (string.IsNullOrEmpty(url.DatabaseName))
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, "A MongoDB session needs -Database, or a database in its connection string.");
            }

            return read(url);
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException or InvalidOperationException or TimeoutException)
        {
            // the driver's own message can quote the string, and with it the password
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "The connection string is not one of MongoDB's (mongodb://host:27017/database?options), or one of its options has a value that the driver does not take.");
        }
    }

    private static string Place(MongoUrlBuilder url) => url.Scheme == ConnectionStringScheme.MongoDBPlusSrv
        ? $"mongodb+srv://{url.Server.Host}"
        : string.Join(',', (url.Servers ?? [url.Server]).Select(s => $"{s.Host}:{s.Port}"));

    private static string Joint(string text)
    {
        int start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return text.Contains('?', StringComparison.Ordinal) ? "&" : text.IndexOf('/', start) < 0 ? "/?" : "?";
    }
}
