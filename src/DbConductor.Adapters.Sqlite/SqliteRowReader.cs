using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using DbConductor.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// SQLite's rows in portable types. A column's declared type binds nobody, so each cell's storage class is looked at; a cell that is not what its column
/// declares is an error that names it, where SQLite's own conversion would make 0 of a word.
/// </summary>
internal sealed class SqliteRowReader(
    SqlAdapter adapter, DbCommand? command, SqliteDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel)
    : SqlRowReader(adapter, command, reader, columns, owned, cancel)
{
    private readonly sqlite3_stmt _statement = reader.Handle!;

    // SQLite never waits for a network: there is nothing to gain from a task per row
    public override Task<bool> ReadAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<bool>(cancellationToken) : Read() ? True : False;

    private static readonly Task<bool> True = Task.FromResult(true);
    private static readonly Task<bool> False = Task.FromResult(false);

    public override bool IsDBNull(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_NULL || IsJsonNull(ordinal);

    protected override string? JsonText(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_TEXT ? GetString(ordinal) : null;

    public override bool GetBoolean(int ordinal) => Integer(ordinal) switch
    {
        0 => false,
        1 => true,
        _ => throw Misfit(ordinal),
    };

    public override short GetInt16(int ordinal) => Integer(ordinal) is >= short.MinValue and <= short.MaxValue and var value ? (short)value : throw Misfit(ordinal);

    public override int GetInt32(int ordinal) => Integer(ordinal) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Misfit(ordinal);

    public override long GetInt64(int ordinal) => Integer(ordinal);

    public override double GetDouble(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) switch
    {
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(_statement, ordinal),
        raw.SQLITE_INTEGER => raw.sqlite3_column_double(_statement, ordinal),
        _ => throw Misfit(ordinal),
    };

    public override float GetFloat(int ordinal)
    {
        double value = GetDouble(ordinal);
        return (float)value is var single && ((double)single).Equals(value) ? single : throw Misfit(ordinal);
    }

    public override string GetString(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_TEXT
        ? raw.sqlite3_column_text(_statement, ordinal).utf8_to_string()
        : throw Misfit(ordinal);

    public override Guid GetGuid(int ordinal) => ReadField<Guid>(ordinal);

    protected override decimal ReadDecimal(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_INTEGER
        ? raw.sqlite3_column_int64(_statement, ordinal)
        : SqliteFormats.ParseDecimal(GetString(ordinal));

    protected override DateTime ReadDateTime(int ordinal) => SqliteFormats.ParseDateTime(GetString(ordinal));

    protected override T ReadField<T>(int ordinal)
    {
        if (typeof(T) == typeof(DateOnly))
        {
            return (T)(object)SqliteFormats.ParseDate(GetString(ordinal));
        }

        return (T)ReadValue(ordinal);
    }

    protected override object ReadValue(int ordinal) => IsDBNull(ordinal) ? DBNull.Value : Columns[ordinal].Type.Kind switch
    {
        PortableKind.Boolean => GetBoolean(ordinal),
        PortableKind.Int16 => GetInt16(ordinal),
        PortableKind.Int32 => GetInt32(ordinal),
        PortableKind.Int64 => GetInt64(ordinal),
        PortableKind.Decimal => ReadDecimal(ordinal),
        PortableKind.Single => GetFloat(ordinal),
        PortableKind.Double => GetDouble(ordinal),
        PortableKind.String => GetString(ordinal),
        PortableKind.Date => SqliteFormats.ParseDate(GetString(ordinal)),
        PortableKind.Time => SqliteFormats.ParseTime(GetString(ordinal)),
        PortableKind.DateTime => ReadDateTime(ordinal),
        PortableKind.DateTimeOffset => SqliteFormats.ParseDateTimeOffset(GetString(ordinal)),
        PortableKind.TimeSpan => TimeSpan.FromTicks(Integer(ordinal)),
        PortableKind.Guid => ReadGuid(ordinal),
        PortableKind.Json => Json(ordinal),
        PortableKind.Binary => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_BLOB ? Stored(ordinal) : throw Misfit(ordinal),
        _ => Stored(ordinal),
    };

    // to a column that others declared as json, SQLite gives the affinity of numbers
    private JsonNode Json(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) switch
    {
        raw.SQLITE_INTEGER => JsonValue.Create(raw.sqlite3_column_int64(_statement, ordinal)),
        raw.SQLITE_FLOAT => JsonValue.Create(raw.sqlite3_column_double(_statement, ordinal)),
        _ => JsonNode.Parse(GetString(ordinal))!,
    };

    // others store a GUID as its 16 bytes, in .NET's order
    private Guid ReadGuid(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_BLOB
        ? new Guid(raw.sqlite3_column_blob(_statement, ordinal))
        : Guid.Parse(GetString(ordinal));

    private object Stored(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(_statement, ordinal),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(_statement, ordinal),
        raw.SQLITE_TEXT => raw.sqlite3_column_text(_statement, ordinal).utf8_to_string(),
        _ => raw.sqlite3_column_blob(_statement, ordinal).ToArray(),
    };

    private long Integer(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_INTEGER
        ? raw.sqlite3_column_int64(_statement, ordinal)
        : throw Misfit(ordinal);

    private Exception Misfit(int ordinal)
    {
        string stored = raw.sqlite3_column_type(_statement, ordinal) switch
        {
            raw.SQLITE_INTEGER => "an integer",
            raw.SQLITE_FLOAT => "a floating-point number",
            raw.SQLITE_TEXT => "text",
            raw.SQLITE_BLOB => "a blob",
            _ => "null",
        };
        return Classify(new InvalidCastException($"The cell holds {stored} that the column's type does not."), ordinal);
    }
}
