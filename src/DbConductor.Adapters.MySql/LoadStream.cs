using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DbConductor.Sql;

namespace DbConductor.Adapters.MySql;

/// <summary>A row stream as the lines of LOAD DATA, made as the driver reads them.</summary>
internal sealed class LoadStream : Stream
{
    private const int Enough = 64 * 1024;
    private static readonly DateTime FirstTimestamp = new(1970, 1, 1, 0, 0, 1);
    private static readonly DateTime LastTimestamp = new(2038, 1, 19, 3, 14, 7);
    private static readonly TimeSpan LongestTime = new(34, 22, 59, 59);

    private delegate void Encoder(RowReader rows, int ordinal);

    private readonly SqlLoad _load;
    private readonly JsonLimits _json;
    private readonly Encoder[] _encoders;
    private readonly LoadBuffer _buffer = new();
    private readonly CancellationToken _cancel;
    private bool _ended;

    public LoadStream(SqlLoad load, JsonLimits json, CancellationToken cancel)
    {
        _load = load;
        _json = json;
        _cancel = cancel;
        _encoders = [.. load.Columns.Select(EncoderFor)];
    }

    /// <summary>Rows made so far.</summary>
    public long Rows { get; private set; }

    /// <summary>What ended the rows before their time; the driver wraps what a stream throws.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (_buffer.Length < Enough && !_ended)
            {
                _ended = !await _load.Rows.ReadAsync(_cancel).ConfigureAwait(false);
                if (!_ended)
                {
                    Encode();
                }
            }

            _cancel.ThrowIfCancellationRequested();
            return _buffer.Take(buffer.Span);
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
    public static bool IsHex(Column column) => column.Type.Kind == PortableKind.Binary;

    public static bool IsBit(Column column) => column.NativeType?.StartsWith("bit", StringComparison.OrdinalIgnoreCase) == true;

    private Encoder EncoderFor(Column column) => column.Type.Kind switch
    {
        PortableKind.Boolean => (rows, i) => _buffer.Number(rows.GetBoolean(i) ? 1 : 0),
        PortableKind.Int16 => (rows, i) => _buffer.Number(rows.GetInt16(i)),
        PortableKind.Int32 => (rows, i) => _buffer.Number(rows.GetInt32(i)),
        PortableKind.Int64 => (rows, i) => _buffer.Number(rows.GetInt64(i)),
        PortableKind.Decimal => (rows, i) => _buffer.Number(rows.GetDecimal(i)),
        // the server reads a number as a double and rounds it then: a float's own shortest digits could come to its neighbour
        PortableKind.Single => (rows, i) => _buffer.Number(Finite(rows.GetFloat(i), i)),
        PortableKind.Double => (rows, i) => _buffer.Number(Finite(rows.GetDouble(i), i)),
        PortableKind.Binary => (rows, i) => _buffer.Hex(rows.GetFieldValue<byte[]>(i)),
        PortableKind.Guid => (rows, i) => _buffer.Formatted(rows.GetGuid(i), "D"),
        PortableKind.Date => (rows, i) => _buffer.Formatted(rows.GetFieldValue<DateOnly>(i), "yyyy-MM-dd"),
        PortableKind.Time => WithUnit(column, (rows, i, unit) => _buffer.Formatted(Whole(rows.GetFieldValue<TimeOnly>(i), t => t.Ticks, unit, i), "HH:mm:ss.ffffff")),
        PortableKind.DateTime => WithUnit(column, (rows, i, unit) => _buffer.Formatted(Whole(rows.GetDateTime(i), t => t.Ticks, unit, i), "yyyy-MM-dd HH:mm:ss.ffffff")),
        PortableKind.DateTimeOffset => WithUnit(column, (rows, i, unit) => _buffer.Formatted(
            InRange(Whole(rows.GetFieldValue<DateTimeOffset>(i).UtcDateTime, t => t.Ticks, unit, i), column, i), "yyyy-MM-dd HH:mm:ss.ffffff")),
        PortableKind.TimeSpan => WithUnit(column, (rows, i, unit) => Duration(Whole(rows.GetFieldValue<TimeSpan>(i), t => t.Ticks, unit, i), i)),
        PortableKind.Json => Json,
        _ => (rows, i) => Text(rows.GetString(i), i),
    };

    private static Encoder WithUnit(Column column, Action<RowReader, int, long> encode)
    {
        long unit = (long)Math.Pow(10, 7 - MySqlTypes.FractionDigits(column.NativeType ?? ""));
        return (rows, i) => encode(rows, i, unit);
    }

    private T Whole<T>(T value, Func<T, long> ticks, long unit, int ordinal) => ticks(value) % unit == 0
        ? value
        : throw Refused(ordinal, $"the time has more digits of a second than {_load.Columns[ordinal].NativeType} keeps. Round it before it is saved.");

    private DateTime InRange(DateTime value, Column column, int ordinal) =>
        column.NativeType?.StartsWith("timestamp", StringComparison.OrdinalIgnoreCase) != true || (value >= FirstTimestamp && value < LastTimestamp.AddSeconds(1))
        ? value
        : throw Refused(ordinal, "a timestamp reaches from 1970 to 2038 only. Declare the column as datetime and save the UTC time.");

    private double Finite(double value, int ordinal) => double.IsFinite(value)
        ? value
        : throw Refused(ordinal, "MySQL has neither NaN nor infinity. Replace it, or store the column as text.");

    private void Duration(TimeSpan value, int ordinal)
    {
        if (value.Duration() >= LongestTime + TimeSpan.FromSeconds(1))
        {
            throw Refused(ordinal, "a time reaches from -838:59:59 to 838:59:59 only. Store the column as a number or as text.");
        }

        TimeSpan size = value.Duration();
        Text(string.Create(CultureInfo.InvariantCulture, $"{(value < TimeSpan.Zero ? "-" : "")}{(long)size.TotalHours:00}:{size:mm\\:ss\\.ffffff}"), ordinal);
    }

    private void Json(RowReader rows, int ordinal)
    {
        string text = _json.Write(rows.GetFieldValue<JsonNode>(ordinal), out string? why);
        if (why is not null)
        {
            throw Refused(ordinal, why);
        }

        Text(text, ordinal);
    }

    private void Text(string value, int ordinal)
    {
        try
        {
            _buffer.Text(value);
        }
        catch (EncoderFallbackException)
        {
            throw Refused(ordinal, "the text has half a surrogate pair, which is no character. Repair it.");
        }
    }

    private DbConductorException Refused(int ordinal, string why) => _load.Refused(Rows, ordinal, why);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
