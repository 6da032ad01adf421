using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DbConductor.Files;
using DbConductor.Sql;

namespace DbConductor.Adapters.MySql;

/// <summary>A row stream as the lines of LOAD DATA, made as the driver reads them.</summary>
internal sealed class LoadStream : ForwardStream
{
    private const int Enough = 64 * 1024;
    private const int MostKept = 4 << 20;
    private const string DateAndTime = "yyyy-MM-dd HH:mm:ss.ffffff";

    private delegate void Encoder(RowReader rows, int ordinal);

    private readonly SqlLoad _load;
    private readonly MySqlLimits _limits;
    private readonly Encoder[] _encoders;
    private readonly LoadBuffer _buffer = new();
    private readonly CancellationToken _cancel;
    private readonly MemoryStream? _kept;

    /// <param name="load">The rows.</param>
    /// <param name="limits">What columns hold.</param>
    /// <param name="keeps">Whether the lines come in parts, each of which is kept until the next one begins.</param>
    /// <param name="cancel">Ends it.</param>
    public LoadStream(SqlLoad load, MySqlLimits limits, bool keeps, CancellationToken cancel)
    {
        _kept = keeps ? new() : null;
        _load = load;
        _limits = limits;
        _cancel = cancel;
        _encoders = [.. load.Columns.Select(EncoderFor)];
    }

    /// <summary>Rows made so far.</summary>
    public long Rows { get; private set; }

    /// <summary>What ended the rows before their time; the driver wraps what a stream throws.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the input has come to its end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Rows made before this part.</summary>
    public long RowsBefore { get; private set; }

    /// <summary>The lines of this part.</summary>
    public ReadOnlyMemory<byte> Kept => _kept is null ? default : _kept.GetBuffer().AsMemory(0, (int)_kept.Length);

    private bool IsFull => _kept is not null && _kept.Length + _buffer.Length >= MostKept;

    /// <summary>Begins the next part.</summary>
    public void Begin()
    {
        RowsBefore = Rows;
        _kept?.SetLength(0);
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (_buffer.Length < Enough && !HasEnded && !IsFull)
            {
                HasEnded = !await _load.Rows.ReadAsync(_cancel).ConfigureAwait(false);
                if (!HasEnded)
                {
                    Encode();
                }
            }

            _cancel.ThrowIfCancellationRequested();
            int taken = _buffer.Take(buffer.Span);
            _kept?.Write(buffer.Span[..taken]);
            return taken;
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
    }

    private void Encode()
    {
        Rows++;
        for (int i = 0; i < _encoders.Length; i++)
        {
            _buffer.Field();
            if (_load.Rows.IsDBNull(i))
            {
                _buffer.Null();
            }
            else
            {
                _encoders[i](_load.Rows, i);
            }
        }

        _buffer.EndLine();
        if (Rows % SqlLoad.ProgressEvery == 0)
        {
            _load.OnProgress?.Invoke(Rows);
        }
    }

    /// <summary>What stands for a column in the statement: itself, or a variable that its expression turns into the value.</summary>
    public static bool IsHex(Column column) => MySqlTypes.IsBytes(column);

    public static bool IsBit(Column column) => column.NativeType?.StartsWith("bit", StringComparison.OrdinalIgnoreCase) == true;

    private Encoder EncoderFor(Column column) => column.Type.Kind switch
    {
        PortableKind.Boolean => (rows, i) => _buffer.Number(rows.GetBoolean(i) ? 1 : 0),

        // to LOAD DATA, which reads texts, 0 is the year 2000 and 0000 is 0
        PortableKind.Int16 when MySqlLimits.IsYear(column) => (rows, i) => Checked(MySqlLimits.BadYear(rows.GetInt16(i)), i)._buffer.Formatted(rows.GetInt16(i), "0000"),
        PortableKind.Int16 => (rows, i) => _buffer.Number(rows.GetInt16(i)),
        PortableKind.Int32 => (rows, i) => _buffer.Number(rows.GetInt32(i)),
        PortableKind.Int64 or PortableKind.Decimal when IsBit(column) => (rows, i) => Bit(rows.GetValue(i), i),
        PortableKind.Int64 => (rows, i) => _buffer.Number(rows.GetInt64(i)),
        PortableKind.Decimal => (rows, i) => _buffer.Number(rows.GetDecimal(i)),
        // the server reads a number as a double and rounds it then: a float's own shortest digits could come to its neighbour
        PortableKind.Single => (rows, i) => Double(rows.GetFloat(i), i, column),
        PortableKind.Double => (rows, i) => Double(rows.GetDouble(i), i, column),
        PortableKind.Binary => (rows, i) => Binary(rows.GetFieldValue<byte[]>(i), i, column),
        PortableKind.Guid when IsHex(column) => (rows, i) => _buffer.Hex(rows.GetGuid(i).ToByteArray(bigEndian: true)),
        PortableKind.Guid => (rows, i) => _buffer.Formatted(rows.GetGuid(i), "D"),
        PortableKind.Date => (rows, i) => _buffer.Formatted(rows.GetFieldValue<DateOnly>(i), "yyyy-MM-dd"),
        PortableKind.Time => WithUnit(column, (rows, i, unit) => Time(rows.GetFieldValue<TimeOnly>(i), t => t.Ticks, "HH:mm:ss.ffffff", unit, i)),
        PortableKind.DateTime => WithUnit(column, (rows, i, unit) => Time(rows.GetDateTime(i), t => t.Ticks, DateAndTime, unit, i)),
        PortableKind.DateTimeOffset => WithUnit(column, (rows, i, unit) => Time(rows.GetFieldValue<DateTimeOffset>(i).UtcDateTime, t => t.Ticks, DateAndTime, unit, i)),
        PortableKind.TimeSpan => WithUnit(column, Duration),
        PortableKind.Json => Json,
        PortableKind.String when MySqlTypes.Members(column.NativeType).Count > 0 => (rows, i) => Checked(MySqlLimits.NoMember(column, rows.GetString(i)), i).Text(rows.GetString(i), i),
        _ => (rows, i) => Text(rows.GetText(i), i),
    };

    private static Encoder WithUnit(Column column, Action<RowReader, int, long> encode)
    {
        long unit = MySqlLimits.UnitOf(column);
        return (rows, i) => encode(rows, i, unit);
    }

    private void Time<T>(T value, Func<T, long> ticks, string format, long unit, int ordinal)
        where T : IUtf8SpanFormattable =>
        Checked(MySqlLimits.TooFine(_load.Columns[ordinal], ticks(value), unit), ordinal)._buffer.Formatted(value, format);

    private void Double(double value, int ordinal, Column column) =>
        Checked(double.IsFinite(value) ? MySqlLimits.Rounds(column, value) : MySqlLimits.NotFinite, ordinal)._buffer.Number(value);

    private void Bit(object value, int ordinal) =>
        Checked(MySqlLimits.IsNegativeBit(_load.Columns[ordinal], value) ? MySqlLimits.Negative : null, ordinal)
            ._buffer.Number(Convert.ToDecimal(value, CultureInfo.InvariantCulture));

    private void Binary(byte[] value, int ordinal, Column column) => Checked(MySqlLimits.Pads(column, value.Length), ordinal)._buffer.Hex(value);

    private void Duration(RowReader rows, int ordinal, long unit)
    {
        TimeSpan value = rows.GetFieldValue<TimeSpan>(ordinal);
        Checked(MySqlLimits.IsTooLong(value) ? MySqlLimits.TooLong : MySqlLimits.TooFine(_load.Columns[ordinal], value.Ticks, unit), ordinal);
        TimeSpan size = value.Duration();
        Text(string.Create(CultureInfo.InvariantCulture, $"{(value < TimeSpan.Zero ? "-" : "")}{(long)size.TotalHours:00}:{size:mm\\:ss\\.ffffff}"), ordinal);
    }

    private void Json(RowReader rows, int ordinal)
    {
        string text = _limits.Json(rows.GetFieldValue<JsonNode>(ordinal), out string? why);
        Checked(why, ordinal).Text(text, ordinal);
    }

    private LoadStream Checked(string? why, int ordinal) => why is null ? this : throw _load.Refused(Rows, ordinal, why);

    private void Text(ReadOnlySpan<char> value, int ordinal)
    {
        try
        {
            _buffer.Text(value);
        }
        catch (EncoderFallbackException)
        {
            throw _load.Refused(Rows, ordinal, MySqlLimits.HalfCharacter);
        }
    }
}
