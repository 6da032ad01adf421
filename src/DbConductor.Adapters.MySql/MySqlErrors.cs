using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>MySQL's error numbers (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html), and MariaDB's, in our words.</summary>
internal static partial class MySqlErrors
{
    private const int UnableToConnect = (int)MySqlErrorCode.UnableToConnectToHost;

    /// <summary>What an exception of the driver means.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="isMariaDb">Whether the server is MariaDB: from 4000 on the two servers give the same numbers to different errors.</param>
    /// <param name="table">The table concerned.</param>
    /// <param name="location">Where the server is.</param>
    public static DbConductorException From(Exception error, bool isMariaDb, string? table, string location) => error switch
    {
        MySqlException { Number: 0 or UnableToConnect } e when e.Message.Contains("SSL", StringComparison.OrdinalIgnoreCase) => Connection(
            $"The TLS connection to {location} failed: {e.Message.TrimEnd('.')}. Check SslMode and SslCa in -Option.", error, location),
        MySqlException e when e.Message.Contains("caching_sha2_password", StringComparison.Ordinal) => new(
            DbErrorKind.Authentication,
            $"{location} did not get the password: it keeps this user's by caching_sha2_password, which goes over TLS alone or under the server's RSA key. " +
            "Use TLS (-Option @{ SslMode = 'Required' }), give the key's file (-Option @{ ServerRsaPublicKeyFile = 'public_key.pem' }), " +
            "or, on a network that you trust, let the server send it (-Option @{ AllowPublicKeyRetrieval = 'true' }).",
            error) { Target = location },
        MySqlException { Number: 0 or UnableToConnect } e when Innermost(e) is SocketException socket => location.StartsWith('/') ? NoSocket(location, e) : Connection(
            $"{location} cannot be reached: {socket.Message}. Check server and port, and that the server runs.", error, location),

        // the driver does not say which of the two it was
        MySqlException { Number: UnableToConnect } => Connection(
            $"{location} cannot be reached: nothing listens there, or there is no such host. Check server and port, and that the server runs.", error, location),
        MySqlException { Number: > 0 } e => From(e.Number, isMariaDb, e.Message, e.SqlState, table, location, null, e),
        MySqlException e when e.Message.Contains("Timeout", StringComparison.OrdinalIgnoreCase) || e.ErrorCode == MySqlErrorCode.CommandTimeoutExpired => new(
            DbErrorKind.Timeout, $"{location} did not answer within the time allowed. Give it more with -Timeout.", error) { Target = location, IsTransient = true },
        MySqlException or IOException or SocketException or EndOfStreamException => Connection($"The connection to {location} failed: {error.Message}", error, location),
        ObjectDisposedException or InvalidOperationException when error.Message.Contains("onnection", StringComparison.Ordinal) =>
            Connection($"The connection to {location} is gone. Connect again.", error, location),
        _ => new(DbErrorKind.Server, $"{error.Message} ({location})", error) { Target = table ?? location },
    };

    /// <summary>The error of a socket behind which there is no server.</summary>
    public static DbConductorException NoSocket(string path, Exception error) => Connection(
        $"There is no server behind the socket {path}. Check its path ('SELECT @@socket' on the server tells it), and that the server runs.", error, path);

    /// <summary>What an error or a warning of the server means.</summary>
    public static DbConductorException From(int number, bool isMariaDb, string message, string? sqlState, string? table, string location, long? row, Exception? inner)
    {
        (DbErrorKind kind, string remedy) = number switch
        {
            1062 or 1586 => (DbErrorKind.DuplicateKey, "Use -Mode Upsert or SkipExisting, or take the row out."),
            1048 or 1364 or 1263 => (DbErrorKind.Constraint, "Give every row a value for it."),
            1451 or 1452 or 1216 or 1217 or 3819 or 1557 => (DbErrorKind.Constraint, ""),

            // SIGNAL in a trigger refuses its row (https://dev.mysql.com/doc/refman/8.4/en/signal.html)
            1644 => (DbErrorKind.Constraint, ""),
            1044 or 1142 or 1143 or 1227 or 1290 or 1370 => (DbErrorKind.Permission, "Ask for the grant, or connect as another user."),
            1045 or 1698 or 1251 or 1524 => (DbErrorKind.Authentication, "Check user name and password."),
            1049 => (DbErrorKind.NotFound, "Check -Database."),
            1051 or 1109 or 1146 => (DbErrorKind.NotFound, ""),
            1054 => (DbErrorKind.ColumnNotFound, ""),
            1050 or 1007 => (DbErrorKind.AlreadyExists, ""),
            1059 or 1060 or 1166 or 1103 or 1102 => (DbErrorKind.InvalidArgument, "Take another name."),
            3750 => (DbErrorKind.InvalidArgument, "The server demands a primary key of every table: name one with -Key."),
            1787 => (DbErrorKind.NotSupported, "Set the server's binlog_format to ROW, so that temporary tables may be made inside a transaction."),
            1064 or 1149 => (DbErrorKind.Syntax, ""),
            1205 or 3572 => (DbErrorKind.Busy, "Another transaction holds the lock."),
            1412 => (DbErrorKind.Busy, "The transaction began to read before the table was there, or had its present columns. Send the whole transaction again."),
            1213 or 1614 or 1020 => (DbErrorKind.Deadlock, "Send the whole transaction again."),
            1317 => (DbErrorKind.Cancelled, ""),
            1969 or 3024 => (DbErrorKind.Timeout, ""),
            1021 or 1041 or 1114 or 1153 or 1203 or 1040 or 1226 or 1117 or 1118 => (DbErrorKind.LimitExceeded, ""),
            1042 or 1053 or 1077 or 1079 or 1080 or 1152 or 1184 or 2006 or 2013 => (DbErrorKind.Connection, "Connect again."),
            1264 or 1265 or 1292 or 1366 or 1406 or 1411 or 1426 or 1690 or 3140 or 3141 or 1300 or 1261 or 1262 or 1525 or 3157 => (DbErrorKind.InvalidData, ""),
            1235 or 1289 => (DbErrorKind.NotSupported, ""),

            // ER_CONSTRAINT_FAILED, ER_JSON_BAD_CHR to ER_JSON_DEPTH (https://mariadb.com/docs/server/reference/error-codes); ER_CLIENT_INTERACTION_TIMEOUT of MySQL 8.0.24, which says why an
            // idle connection was ended, is a trigger that is not there for MariaDB
            4025 when isMariaDb => (DbErrorKind.Constraint, ""),
            4036 or 4037 or 4038 or 4039 or 4040 when isMariaDb => (DbErrorKind.InvalidData, ""),
            4031 when isMariaDb => (DbErrorKind.InvalidArgument, "Name a trigger that is there."),
            4031 => (DbErrorKind.Connection, "Connect again."),
            _ => (DbErrorKind.Server, ""),
        };
        string where = row is null ? "" : $"Row {row}: ";
        return new(kind, $"{where}{Plain(message)} ({location}).{(remedy.Length > 0 ? " " + remedy : "")}", inner)
        {
            Row = row,
            Column = ColumnName().Match(message) is { Success: true } match ? match.Groups["name"].Value : null,
            Target = table ?? location,
            IsTransient = kind is DbErrorKind.Deadlock or DbErrorKind.Busy or DbErrorKind.Connection,
            ServerCode = sqlState is { Length: > 0 } ? $"{number.ToString(CultureInfo.InvariantCulture)}/{sqlState}" : number.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The row that a warning of LOAD DATA names: "... at row 7".</summary>
    public static long? RowOf(string message) =>
        RowNumber().Match(message) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    // "Duplicate entry 'x' for key ..." and "Incorrect integer value: 'x' for column ..." quote the row's value, which has no place in a log
    private static string Plain(string message) => RowNumber().Replace(QuotedValue().Replace(message, "$1 "), "").TrimEnd('.', ' ');

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    private static DbConductorException Connection(string message, Exception error, string location) =>
        new(DbErrorKind.Connection, message, error) { Target = location, IsTransient = true };

    [GeneratedRegex(@"\b(?:column|field) (?:'(?:\w+\.)?(?<name>[^']+)'|(?:`[^`]*`\.)*`(?<name>[^`]+)`)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ColumnName();

    [GeneratedRegex(@" at row (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex RowNumber();

    [GeneratedRegex(@"(Duplicate entry|value:?|string:) (?:'.*'(?= for )|'.*'(?= at row |$))", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedValue();
}
