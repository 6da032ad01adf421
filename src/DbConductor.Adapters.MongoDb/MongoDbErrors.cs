using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Servers;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The driver's errors and the server's codes (https://www.mongodb.com/docs/manual/reference/error-codes/) in our words.</summary>
internal static class MongoDbErrors
{
    /// <summary>Any error of the driver.</summary>
    /// <param name="error">The error.</param>
    /// <param name="table">The collection concerned.</param>
    /// <param name="location">The server.</param>
    public static DbConductorException From(Exception error, string? table, string location) => error switch
    {
        MongoBulkWriteException bulk when bulk.WriteErrors.Count > 0 => From(bulk.WriteErrors[0], table, location, null, bulk),
        MongoBulkWriteException { WriteConcernError: { } late } => From(late.Code, $"The write reached the server, but not as many of its members as asked for: {late.Message}", null, table, location, error),
        MongoWriteException { WriteError: { } one } => From(one, table, location, null, error),
        MongoWriteConcernException late => From(late.Code, late.Message, late.Result, table, location, late),
        MongoCommandException command => From(command.Code, command.ErrorMessage ?? command.Message, command.Result, table, location, command),
        MongoExecutionTimeoutException => Timeout(location, error),
        MongoAuthenticationException => new(
            DbErrorKind.Authentication, $"{location} does not accept user name and password. Check them, and the database that knows the user (-Option @{{ authSource = 'admin' }}).", error)
        { Target = location },
        MongoConnectionPoolPausedException or MongoWaitQueueFullException => Connection($"{location} cannot be reached: {error.Message}", error, location),
        MongoConnectionException { InnerException: MongoAuthenticationException inner } => From(inner, table, location),
        MongoConnectionException { InnerException: TimeoutException } => Timeout(location, error),
        MongoConnectionException => Connection($"The connection to {location} failed: {Innermost(error).Message}", error, location),
        TimeoutException => Timeout(location, error),
        ArgumentException { ParamName: "lookupDomainName" } => new(
            DbErrorKind.InvalidArgument, $"The host of {location} has too few parts: mongodb+srv takes a name such as cluster.example.org, whose DNS records name the servers.", error) { Target = location },
        BsonException or FormatException => new(DbErrorKind.InvalidData, $"{error.Message} ({location})", error) { Target = table ?? location },
        ObjectDisposedException => Connection($"The connection to {location} is gone. Connect again.", error, location),
        SocketException or IOException => Connection($"The connection to {location} failed: {error.Message}", error, location),
        _ => new(DbErrorKind.Server, $"{error.Message} ({location})", error) { Target = table ?? location },
    };

    /// <summary>The error of one document of a bulk write.</summary>
    /// <param name="error">The server's.</param>
    /// <param name="table">The collection.</param>
    /// <param name="location">The server.</param>
    /// <param name="row">The row that the document came from.</param>
    /// <param name="whole">The driver's exception.</param>
    public static DbConductorException From(WriteError error, string? table, string location, long? row, Exception whole) =>
        From(error.Code, error.Message, error.Details is { } details ? new BsonDocument("errInfo", details) : null, table, location, whole, row);

    /// <inheritdoc cref="From(WriteError, string?, string, long?, Exception)"/>
    public static DbConductorException From(BulkWriteError error, string? table, string location, long? row, Exception whole) =>
        From(error.Code, error.Message, error.Details is { } details ? new BsonDocument("errInfo", details) : null, table, location, whole, row);

    /// <summary>An error that stands in a command's answer.</summary>
    public static DbConductorException From(int code, string message, BsonDocument details, string location) =>
        From(code, message, details, null, location, new InvalidOperationException(message));

    /// <summary>Why no server can be had, from what the driver's monitors met; null where they have met nothing yet.</summary>
    public static DbConductorException? FromMonitors(ClusterDescription cluster, string location)
    {
        Exception? met = cluster.Servers.Select(s => s.HeartbeatException).FirstOrDefault(e => e is not null);
        return met is null ? null : Innermost(met) switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Connection(
                $"{location} cannot be reached: nothing listens there. Check server and port, and that the server runs.", met, location),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => Connection(
                $"{location} cannot be reached: there is no such host. Check -Server.", met, location),
            System.Security.Authentication.AuthenticationException tls => Connection(
                $"TLS with {location} failed: {tls.Message} Check the option 'tls' and the server's certificate.", met, location),
            TimeoutException => null,
            { } other => Connection($"{location} cannot be reached: {other.Message}", met, location),
        };
    }

    /// <summary>Why no server was selected in time, where none of the monitors has met an error.</summary>
    public static DbConductorException Silent(MongoClientSettings settings, ClusterDescription cluster, string location, Exception error) => settings switch
    {
        { Scheme: MongoDB.Driver.Core.Configuration.ConnectionStringScheme.MongoDBPlusSrv } when cluster.Servers.Count == 0 => Connection(
            $"DNS names no servers of {location}: {(cluster.DnsMonitorException is { } dns ? Innermost(dns).Message.TrimEnd('.') : "it did not answer in time")}. Check the host's name.", error, location),
        { UseTls: true } => Connection(
            $"{location} did not answer within the time allowed to a connection with TLS. If the server has none, leave the option 'tls' out; else give it more with -Timeout.", error, location),

        // the driver strikes a server off that belongs to another set, or to none
        { ReplicaSetName: { } set } when cluster.Servers.Count == 0 => Connection(
            $"{location} is no member of a replica set '{set}'. Check the option 'replicaSet': the command hello tells the server's setName.", error, location),
        _ => Timeout(location, error),
    };

    /// <summary>Whether an error of a transaction goes away when the whole of it is sent again.</summary>
    public static bool IsTransient(Exception error) =>
        error is MongoException mongo && mongo.HasErrorLabel("TransientTransactionError") && error is not MongoConnectionException;

    private static DbConductorException From(int code, string message, BsonDocument? result, string? table, string location, Exception error, long? row = null)
    {
        (DbErrorKind kind, string remedy) = code switch
        {
            11000 when message.Contains(" index: _id_", StringComparison.Ordinal) => (
                DbErrorKind.DuplicateKey,
                "Documents that were joined or copied bring the _id of where they come from. Leave it out (-Property, or the Property of a join's side), and each gets one of its own; or use -Mode Upsert or SkipExisting."),
            11000 or 11001 or 12582 => (DbErrorKind.DuplicateKey, "Use -Mode Upsert or SkipExisting, or take the row out."),
            121 => (DbErrorKind.Constraint, "The collection's validator refuses the document. Give it the fields and types that it asks for."),
            18 => (DbErrorKind.Authentication, "Check user name and password."),
            13 => (DbErrorKind.Permission, "Ask for the role, or connect as another user."),
            26 => (DbErrorKind.NotFound, ""),
            48 => (DbErrorKind.AlreadyExists, ""),
            9 or 59 or 40415 or 40324 or 168 or 40353 => (DbErrorKind.Syntax, ""),
            2 => (DbErrorKind.Syntax, ""),
            73 => (DbErrorKind.InvalidArgument, "MongoDB takes no such name."),
            14 or 28 => (DbErrorKind.InvalidType, ""),
            112 or 246 or 24 => (DbErrorKind.Deadlock, "Another write of the same documents was first. Send the whole transaction again."),
            251 or 225 or 263 or 290 => (DbErrorKind.LimitExceeded, "The server has ended the transaction: it was open longer than transactionLifetimeLimitSeconds allows (60 s unless set), or too large for it. Write less at a time (-CommitEvery)."),
            50 or 262 => (DbErrorKind.Timeout, "Give it more with -Timeout."),
            20 => (DbErrorKind.NotSupported, ""),
            10334 or 17419 or 17420 or 15 => (DbErrorKind.InvalidData, "A document takes at most 16 MB and 100 levels of nesting."),
            14031 or 146 or 292 => (DbErrorKind.LimitExceeded, ""),
            _ when message.Contains("ransaction is too large", StringComparison.Ordinal) => (DbErrorKind.LimitExceeded, "Write less at a time (-CommitEvery)."),
            11601 or 11600 or 91 or 189 or 10107 or 13435 => (DbErrorKind.Connection, "Connect again."),
            _ => (DbErrorKind.Server, ""),
        };
        bool quotesRow = kind is DbErrorKind.DuplicateKey or DbErrorKind.Constraint or DbErrorKind.InvalidData;
        string? column = quotesRow ? ColumnOf(result) : null;
        string what = kind switch
        {
            // the server's own text goes on to quote the key, and its details the document
            DbErrorKind.DuplicateKey => message.Split(" dup key", 2)[0],
            DbErrorKind.Constraint when column is not null => $"column '{column}' is missing, or not of the type that the collection's validator asks for",
            _ => message,
        };
        string where = row is null ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Row {row}: ");
        return new(kind, $"{where}{what} ({location}).{(remedy.Length > 0 ? " " + remedy : "")}", error)
        {
            Row = row,
            Column = column,
            Target = table ?? location,
            IsTransient = kind == DbErrorKind.Deadlock || (kind == DbErrorKind.Connection),
            ServerCode = code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The field that a validator refuses, from what the server tells of it.</summary>
    private static string? ColumnOf(BsonDocument? result)
    {
        if (result?.GetValue("errInfo", null) is not BsonDocument info || info.GetValue("details", null) is not BsonDocument details
            || details.GetValue("schemaRulesNotSatisfied", null) is not BsonArray rules)
        {
            return null;
        }

        foreach (BsonDocument rule in rules.OfType<BsonDocument>())
        {
            if (rule.GetValue("missingProperties", null) is BsonArray { Count: > 0 } missing)
            {
                return missing[0].AsString;
            }

            if (rule.GetValue("propertiesNotSatisfied", null) is BsonArray { Count: > 0 } wrong && wrong[0] is BsonDocument first)
            {
                return first.GetValue("propertyName", null)?.AsString;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    private static DbConductorException Timeout(string location, Exception error) =>
        new(DbErrorKind.Timeout, $"{location} did not answer within the time allowed. Give it more with -Timeout.", error) { Target = location, IsTransient = true };

    private static DbConductorException Connection(string message, Exception error, string location) =>
        new(DbErrorKind.Connection, message, error) { Target = location, IsTransient = true };
}
