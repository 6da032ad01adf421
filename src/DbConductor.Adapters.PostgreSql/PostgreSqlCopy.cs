using System.Text;
using System.Text.Json.Nodes;
using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>Writes rows as fields of a binary COPY, one encoder per column, chosen once.</summary>
internal sealed class PostgreSqlCopy
{
    private delegate void Encoder(CopyBuffer buffer, RowReader rows, int ordinal);

    private static readonly long Epoch = new DateTime(2000, 1, 1).Ticks;
    private static readonly int EpochDay = new DateOnly(2000, 1, 1).DayNumber;

    private readonly SqlLoad _load;
    private readonly Encoder[] _encoders;
    private long _row;

    public PostgreSqlCopy(SqlLoad load)
    {
        _load = load;
        _encoders = [.. load.Columns.Select(EncoderFor)];
    }

    public string Sql =>
        $"COPY {PostgreSqlDialect.Instance.Quote(_load.Table)} ({string.Join(", ", _load.Columns.Select(c => PostgreSqlDialect.Instance.Quote(c.Name)))}) " +
        "FROM STDIN (FORMAT BINARY)";

    /// <summary>Sends all rows. The stream is the server's; it is neither completed nor cancelled here.</summary>
    /// <param name="stream">The open COPY.</param>
    /// <param name="cancel">Ends between two rows, or while waiting for one.</param>
    /// <param name="hard">Ends in the middle of sending, at the price of the connection.</param>
    public async Task<long> SendAsync(Stream stream, CancellationToken cancel, CancellationToken hard)
    {
        CopyBuffer buffer = new();
        buffer.Header();
        RowReader rows = _load.Rows;
        while (await rows.ReadAsync(cancel).ConfigureAwait(false))
        {
            _row++;
            buffer.Row(_encoders.Length);
            for (int i = 0; i < _encoders.Length; i++)
            {
                if (rows.IsDBNull(i))
                {
                    buffer.Null();
                }
                else
                {
                    _encoders[i](buffer, rows, i);
                }
            }

            if (buffer.IsFull)
            {
                cancel.ThrowIfCancellationRequested();
                await stream.WriteAsync(buffer.Flush(), hard).ConfigureAwait(false);
            }

            if (_row % SqlLoad.ProgressEvery == 0)
            {
                _load.OnProgress?.Invoke(_row);
            }
        }

        buffer.End();
        await stream.WriteAsync(buffer.Flush(), hard).ConfigureAwait(false);
        return _row;
    }

    private Encoder EncoderFor(Column column) => column.Type.Kind switch
    {
        PortableKind.Boolean => static (b, rows, i) => b.Boolean(rows.GetBoolean(i)),
        PortableKind.Int16 => static (b, rows, i) => b.Int16(rows.GetInt16(i)),
        PortableKind.Int32 => static (b, rows, i) => b.Int32(rows.GetInt32(i)),
        PortableKind.Int64 => static (b, rows, i) => b.Int64(rows.GetInt64(i)),
        PortableKind.Decimal => static (b, rows, i) => b.Numeric(rows.GetDecimal(i)),
        PortableKind.Single => static (b, rows, i) => b.Single(rows.GetFloat(i)),
        PortableKind.Double => static (b, rows, i) => b.Double(rows.GetDouble(i)),
        PortableKind.Binary => static (b, rows, i) => b.Binary(rows.GetFieldValue<byte[]>(i)),
        PortableKind.Guid => static (b, rows, i) => b.Guid(rows.GetGuid(i)),
        PortableKind.Date => static (b, rows, i) => b.Int32(rows.GetFieldValue<DateOnly>(i).DayNumber - EpochDay),
        PortableKind.Time => Microseconds(column, static (rows, i) => rows.GetFieldValue<TimeOnly>(i).Ticks),
        PortableKind.DateTime => Microseconds(column, static (rows, i) => rows.GetDateTime(i).Ticks - Epoch),
        PortableKind.DateTimeOffset => Microseconds(column, static (rows, i) => rows.GetFieldValue<DateTimeOffset>(i).UtcTicks - Epoch),
        PortableKind.TimeSpan => (b, rows, i) =>
        {
            TimeSpan value = rows.GetFieldValue<TimeSpan>(i);
            RefuseFraction(value.Ticks, TimeSpan.TicksPerMicrosecond, i);
            b.Interval(value);
        },
        PortableKind.Json => column.NativeType == "json"
            ? (b, rows, i) => Text(b, rows.GetFieldValue<JsonNode>(i).ToJsonString(), i)
            : (b, rows, i) => JsonB(b, rows.GetFieldValue<JsonNode>(i), i),
        _ => (b, rows, i) => Text(b, rows.GetText(i), i),
    };

    // the server rounds what a column of fewer digits cannot hold, and the format has no room below a microsecond
    private Encoder Microseconds(Column column, Func<RowReader, int, long> ticks)
    {
        long unit = PostgreSqlTypes.FractionUnit(column.NativeType ?? "");
        return (b, rows, i) =>
        {
            long value = ticks(rows, i);
            RefuseFraction(value, unit, i);
            b.Int64(value / TimeSpan.TicksPerMicrosecond);
        };
    }

    private void RefuseFraction(long ticks, long unit, int ordinal)
    {
        if (ticks % unit != 0)
        {
            throw Refused(ordinal, PostgreSqlTypes.TooFine(_load.Columns[ordinal]), null);
        }
    }

    private void JsonB(CopyBuffer buffer, JsonNode value, int ordinal)
    {
        string text = value.ToJsonString();
        if (text.Contains("\\u0000", StringComparison.Ordinal))
        {
            throw Nul(ordinal);
        }

        Text(buffer, text, ordinal, version: 1);
    }

    private void Text(CopyBuffer buffer, ReadOnlySpan<char> value, int ordinal, byte? version = null)
    {
        if (value.Contains('\0'))
        {
            throw Nul(ordinal);
        }

        try
        {
            buffer.Text(value, version);
        }
        catch (EncoderFallbackException e)
        {
            throw Refused(ordinal, "the text has half a surrogate pair, which is no character. Repair it.", e);
        }
    }

    private DbConductorException Nul(int ordinal) =>
        Refused(ordinal, "the text has a NUL character, which PostgreSQL cannot store. Remove it, or store the column as binary.", null);

    private DbConductorException Refused(int ordinal, string why, Exception? inner) => _load.Refused(_row, ordinal, why, inner);
}
