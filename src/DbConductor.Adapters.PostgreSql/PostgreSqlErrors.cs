using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) in our words.</summary>
internal static partial class PostgreSqlErrors
{
    public static DbConductorException From(Exception error, string? table, string location, long firstRow)
    {
        PostgresException? server = error as PostgresException ?? error.InnerException as PostgresException;
        if (server is not null)
        {
            return From(server, table, location, firstRow);
        }

        return error switch
        {
            NpgsqlException { InnerException: TimeoutException } or TimeoutException => new(
                DbErrorKind.Timeout, $"{location} did not answer within the time allowed. Give it more with -Timeout.", error)
            { Target = location, IsTransient = true },
            NpgsqlException { InnerException: SocketException socket } => Connection(
                $"{location} cannot be reached: {socket.Message}. Check server and port, and that the server runs.", error, location),
            NpgsqlException when error.Message.Contains("password", StringComparison.OrdinalIgnoreCase) => new(
                DbErrorKind.Authentication, $"{location} asks for a password and none was given. Use -Credential.", error) { Target = location },
            NpgsqlException or IOException or SocketException => Connection($"The connection to {location} failed: {error.Message}", error, location),
            ObjectDisposedException or InvalidOperationException when error.Message.Contains("onnection", StringComparison.Ordinal) =>
                Connection($"The connection to {location} is gone. Connect again.", error, location),
            _ => new(DbErrorKind.Server, $"{error.Message} ({location})", error) { Target = table ?? location },
        };
    }

    private static DbConductorException Connection(string message, Exception error, string location) =>
        new(DbErrorKind.Connection, message, error) { Target = location, IsTransient = true };

    private static DbConductorException From(PostgresException server, string? table, string location, long firstRow)
    {
        long? row = RowOf(server.Where) is { } line ? firstRow + line - 1 : null;
        (DbErrorKind kind, string remedy) = server.SqlState switch
        {
            "23505" or "23P01" => (DbErrorKind.DuplicateKey, "Use -Mode Upsert or SkipExisting, or take the row out."),

            // RAISE EXCEPTION in a trigger refuses its row
            "P0001" => (DbErrorKind.Constraint, ""),
            "23502" => (DbErrorKind.Constraint, "Give every row a value for it."),
            "28P01" or "28000" => (DbErrorKind.Authentication, "Check user name and password."),
            "3D000" => (DbErrorKind.NotFound, "Check -Database."),
            "3F000" or "42P01" => (DbErrorKind.NotFound, ""),
            "42703" => (DbErrorKind.ColumnNotFound, ""),
            "42P07" or "42710" => (DbErrorKind.AlreadyExists, ""),
            "42501" => (DbErrorKind.Permission, "Ask for the grant, or connect as another user."),
            "42601" => (DbErrorKind.Syntax, ""),
            "40001" or "40P01" => (DbErrorKind.Deadlock, "Send the whole transaction again."),
            "55P03" => (DbErrorKind.Busy, "Another transaction holds the lock."),
            "57014" => (DbErrorKind.Cancelled, ""),
            "25P02" => (DbErrorKind.InvalidOperation, "Roll the transaction back."),
            "57P01" or "57P02" or "57P03" or "57P05" => (DbErrorKind.Connection, "The server ended the connection; connect again."),
            "0A000" => (DbErrorKind.NotSupported, ""),
            "42804" or "42883" => (DbErrorKind.InvalidType, ""),
            _ => server.SqlState[..2] switch
            {
                "22" => (DbErrorKind.InvalidData, ""),
                "23" => (DbErrorKind.Constraint, ""),
                "08" => (DbErrorKind.Connection, "Connect again."),
                "53" or "54" => (DbErrorKind.LimitExceeded, ""),
                "40" => (DbErrorKind.Deadlock, "Send the whole transaction again."),
                "42" => (DbErrorKind.Syntax, ""),
                _ => (DbErrorKind.Server, ""),
            },
        };
        string where = row is null ? "" : $"Row {row}: ";
        string end = string.Join(" ", new[] { server.Hint, remedy }.Where(s => !string.IsNullOrEmpty(s)));
        // a data exception quotes the value, which may be anybody's data, and has no place in a log
        string message = server.SqlState.StartsWith("22", StringComparison.Ordinal) ? QuotedValue().Replace(server.MessageText, "\"…\"") : server.MessageText;
        return new(kind, $"{where}{message} ({location}).{(end.Length > 0 ? " " + end : "")}", server)
        {
            Row = row,
            Column = string.IsNullOrEmpty(server.ColumnName) ? ColumnOf(server.Where) : server.ColumnName,
            Target = table ?? server.TableName ?? location,
            IsTransient = kind is DbErrorKind.Deadlock or DbErrorKind.Busy || server.IsTransient,
            ServerCode = server.SqlState,
        };
    }

    // COPY tells where it stood, "COPY airports, line 7, column alt", below the functions that a trigger called
    private static long? RowOf(string? where) =>
        CopyContext().Match(where ?? "") is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    private static string? ColumnOf(string? where) =>
        CopyContext().Match(where ?? "") is { Success: true } match && match.Groups[2].Success ? match.Groups[2].Value : null;

    [GeneratedRegex(@"^COPY .*, line (\d+)(?:, column ([^:\n]+))?", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex CopyContext();

    // to the last quotation mark: the value itself may hold some
    [GeneratedRegex("\".*\"", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex QuotedValue();
}
