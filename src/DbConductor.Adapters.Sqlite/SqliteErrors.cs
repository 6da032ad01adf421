using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DbConductor.Adapters.Sqlite;

/// <summary>SQLite's result codes (https://www.sqlite.org/rescode.html) in our words.</summary>
internal static class SqliteErrors
{
    public static DbConductorException From(SqliteException error, string? table, string location) =>
        From(error.SqliteExtendedErrorCode, error.Message, table, location, null, error);

    public static DbConductorException From(int code, string message, string? table, string location, long? row, Exception? inner)
    {
        (DbErrorKind kind, string? remedy) = code switch
        {
            raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID =>
                (DbErrorKind.DuplicateKey, "Use -Mode Upsert or SkipExisting, or take the row out."),
            _ => (code & 0xff) switch
            {
                raw.SQLITE_CONSTRAINT => (DbErrorKind.Constraint, null),
                raw.SQLITE_MISMATCH => (DbErrorKind.InvalidData, null),
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (DbErrorKind.Busy, "Another writer holds the file; wait for it, or longer: Connect-DbAdapter -Option @{ 'Default Timeout' = 60 }."),
                raw.SQLITE_READONLY => (DbErrorKind.Permission, "The file or its directory cannot be written."),
                raw.SQLITE_PERM or raw.SQLITE_AUTH => (DbErrorKind.Permission, null),
                raw.SQLITE_CANTOPEN when File.Exists(location) =>
                    (DbErrorKind.Permission, "The file is there; it, its directory and the -wal and -shm files that SQLite keeps beside it must be readable and writable."),
                raw.SQLITE_CANTOPEN => (DbErrorKind.NotFound, "Check that the directory exists and may be read and written."),
                raw.SQLITE_NOTADB => (DbErrorKind.InvalidData, "The file is not an SQLite database."),
                raw.SQLITE_CORRUPT => (DbErrorKind.InvalidData, "The file is damaged; restore it from a backup."),
                raw.SQLITE_FULL => (DbErrorKind.LimitExceeded, "Free some room on the disk; nothing of this call was kept."),
                raw.SQLITE_TOOBIG => (DbErrorKind.LimitExceeded, null),
                // an interrupt by a token becomes a cancellation before it gets here
                raw.SQLITE_INTERRUPT => (DbErrorKind.Timeout, "The query gave no row within the time allowed. Give it more with -Timeout."),
                raw.SQLITE_IOERR => (DbErrorKind.Connection, "The file system failed."),
                raw.SQLITE_ERROR when message.Contains("no such table", StringComparison.Ordinal) => (DbErrorKind.NotFound, null),
                raw.SQLITE_ERROR when message.Contains("no such column", StringComparison.Ordinal) => (DbErrorKind.ColumnNotFound, null),
                raw.SQLITE_ERROR when message.Contains("already exists", StringComparison.Ordinal) => (DbErrorKind.AlreadyExists, null),
                raw.SQLITE_ERROR when message.Contains("syntax error", StringComparison.Ordinal) || message.Contains("incomplete input", StringComparison.Ordinal)
                    => (DbErrorKind.Syntax, null),
                _ => (DbErrorKind.Server, null),
            },
        };
        string where = row is null ? "" : $"Row {row}: ";
        return new DbConductorException(kind, $"{where}{Plain(message)} ({location}).{(remedy is null ? "" : " " + remedy)}", inner)
        {
            Row = row,
            Column = ColumnOf(code, message),
            Target = table ?? location,
            IsTransient = kind == DbErrorKind.Busy,
            ServerCode = code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    // "SQLite Error 19: 'UNIQUE constraint failed: t.a'." -> UNIQUE constraint failed: t.a
    private static string Plain(string message)
    {
        int start = message.IndexOf(": '", StringComparison.Ordinal);
        return message.StartsWith("SQLite Error", StringComparison.Ordinal) && start > 0 ? message[(start + 3)..].TrimEnd('.', '\'') : message;
    }

    // "... constraint failed: table.column" names it where it is just one
    private static string? ColumnOf(int code, string message)
    {
        string plain = Plain(message);
        int colon = plain.LastIndexOf(": ", StringComparison.Ordinal);
        int dot = plain.LastIndexOf('.');
        return (code & 0xff) == raw.SQLITE_CONSTRAINT && colon >= 0 && dot > colon && !plain.Contains(',', StringComparison.Ordinal) ? plain[(dot + 1)..] : null;
    }
}
