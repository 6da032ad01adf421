using System.Text;
using System.Text.Json.Nodes;
using DbConductor.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// One prepared INSERT, bound and stepped through SQLite's own API: the parameter objects of the ADO.NET driver take longer than the insert itself.
/// </summary>
internal sealed class SqliteInsert : IDisposable
{
    private delegate void Binder(RowReader rows, int ordinal);

    private static readonly UTF8Encoding Strict = new(false, true);
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Binder[] _binders;
    private readonly SqlLoad _load;
    private readonly string _location;
    private byte[] _utf8 = new byte[256];
    private long _row;

    public SqliteInsert(SqlLoad load, string location)
    {
        _load = load;
        _location = location;
        _database = ((SqliteConnection)load.Connection).Handle!;
        string names = string.Join(", ", load.Columns.Select(c => SqliteDialect.Instance.Quote(c.Name)));
        string markers = string.Join(", ", load.Columns.Select(_ => "?"));
        string sql = $"INSERT INTO {SqliteDialect.Instance.Quote(load.Table)} ({names}) VALUES ({markers})";
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
        _binders = [.. load.Columns.Select(c => NumericAffinity.Has(c) ? BindNumeric : BinderFor(c.Type.Kind))];
    }

    public async Task<long> RunAsync(CancellationToken cancel)
    {
        RowReader rows = _load.Rows;
        while (await rows.ReadAsync(cancel).ConfigureAwait(false))
        {
            for (int i = 0; i < _binders.Length; i++)
            {
                if (rows.IsDBNull(i))
                {
                    raw.sqlite3_bind_null(_statement, i + 1);
                }
                else
                {
                    _binders[i](rows, i);
                }
            }

            int code = raw.sqlite3_step(_statement);
            if (code != raw.SQLITE_DONE)
            {
                Check(code);
            }

            raw.sqlite3_reset(_statement);
            if (++_row % SqlLoad.ProgressEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
                _load.OnProgress?.Invoke(_row);
            }
        }

        return _row;
    }

    public void Dispose() => _statement.Dispose();

    private Binder BinderFor(PortableKind kind) => kind switch
    {
        PortableKind.Boolean => (rows, i) => raw.sqlite3_bind_int64(_statement, i + 1, rows.GetBoolean(i) ? 1 : 0),
        PortableKind.Int16 => (rows, i) => raw.sqlite3_bind_int64(_statement, i + 1, rows.GetInt16(i)),
        PortableKind.Int32 => (rows, i) => raw.sqlite3_bind_int64(_statement, i + 1, rows.GetInt32(i)),
        PortableKind.Int64 => (rows, i) => raw.sqlite3_bind_int64(_statement, i + 1, rows.GetInt64(i)),
        PortableKind.Single => (rows, i) => BindDouble(i, rows.GetFloat(i)),
        PortableKind.Double => (rows, i) => BindDouble(i, rows.GetDouble(i)),
        PortableKind.String => (rows, i) => BindText(i, rows.GetString(i)),
        PortableKind.Decimal => (rows, i) => BindStored(i, rows.GetDecimal(i)),
        PortableKind.DateTime => (rows, i) => BindStored(i, rows.GetDateTime(i)),
        PortableKind.Guid => (rows, i) => BindStored(i, rows.GetGuid(i)),
        PortableKind.Date => (rows, i) => BindStored(i, rows.GetFieldValue<DateOnly>(i)),
        PortableKind.Time => (rows, i) => BindStored(i, rows.GetFieldValue<TimeOnly>(i)),
        PortableKind.DateTimeOffset => (rows, i) => BindStored(i, rows.GetFieldValue<DateTimeOffset>(i)),
        PortableKind.TimeSpan => (rows, i) => raw.sqlite3_bind_int64(_statement, i + 1, rows.GetFieldValue<TimeSpan>(i).Ticks),
        PortableKind.Json => (rows, i) => BindText(i, rows.GetFieldValue<JsonNode>(i).ToJsonString()),
        _ => (rows, i) => BindStored(i, rows.GetValue(i)),
    };

    private void BindNumeric(RowReader rows, int ordinal)
    {
        object stored = Stored(ordinal, rows.GetValue(ordinal));
        if (NumericAffinity.Refusal(stored) is { } reason)
        {
            throw _load.Refused(_row + 1, ordinal, reason);
        }

        Bind(ordinal, stored);
    }

    private void BindStored(int ordinal, object value) => Bind(ordinal, Stored(ordinal, value));

    private void Bind(int ordinal, object stored)
    {
        switch (stored)
        {
            case long number:
                raw.sqlite3_bind_int64(_statement, ordinal + 1, number);
                break;
            case double number:
                raw.sqlite3_bind_double(_statement, ordinal + 1, number);
                break;
            case byte[] bytes:
                raw.sqlite3_bind_blob(_statement, ordinal + 1, bytes);
                break;
            case string text:
                BindText(ordinal, text);
                break;
        }
    }

    private object Stored(int ordinal, object value)
    {
        try
        {
            return SqliteFormats.ToStorage(value);
        }
        catch (DbConductorException e)
        {
            throw _load.Refused(_row + 1, ordinal, e.Message, e);
        }
    }

    private void BindDouble(int ordinal, double value)
    {
        if (double.IsNaN(value))
        {
            BindStored(ordinal, value);
        }

        raw.sqlite3_bind_double(_statement, ordinal + 1, value);
    }

    private void BindText(int ordinal, string text)
    {
        if (text.Length == 0)
        {
            raw.sqlite3_bind_text(_statement, ordinal + 1, text);
            return;
        }

        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_utf8.Length < most)
        {
            _utf8 = new byte[most];
        }

        int length = Encode(text, ordinal);
        raw.sqlite3_bind_text(_statement, ordinal + 1, _utf8.AsSpan(0, length));
    }

    private int Encode(string text, int ordinal)
    {
        try
        {
            return Strict.GetBytes(text, _utf8);
        }
        catch (EncoderFallbackException e)
        {
            throw _load.Refused(_row + 1, ordinal, "the text has half a surrogate pair, which is no character. Repair it.", e);
        }
    }

    private void Check(int code)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW)
        {
            return;
        }

        string message = raw.sqlite3_errmsg(_database).utf8_to_string();
        throw SqliteErrors.From(raw.sqlite3_extended_errcode(_database), message, _load.Table.ToString(), _location, _load.FirstRow + _row, null);
    }
}
