using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>The canonical encoding of <see cref="RowChecksum"/>: the declared kind, then the value. Changing it changes every checksum that is kept.</summary>
internal static class CanonicalCell
{
    /// <summary>Dividing by it takes trailing zeros away.</summary>
    private const decimal One = 1.0000000000000000000000000000m;

    internal static void Write(RowReader row, int i, IBufferWriter<byte> output)
    {
        PortableKind kind = row.Columns[i].Type.Kind;
        if (kind == PortableKind.Object)
        {
            WriteValue(row.GetValue(i), row.Columns[i].Name, output);
            return;
        }

        output.WriteByte((byte)kind);
        switch (kind)
        {
            case PortableKind.Boolean:
                output.WriteByte(row.GetBoolean(i) ? (byte)1 : (byte)0);
                break;
            case PortableKind.Int16:
                output.WriteInt64(row.GetInt16(i));
                break;
            case PortableKind.Int32:
                output.WriteInt64(row.GetInt32(i));
                break;
            case PortableKind.Int64:
                output.WriteInt64(row.GetInt64(i));
                break;
            case PortableKind.Decimal:
                Write(row.GetDecimal(i), output);
                break;
            case PortableKind.Single:
                Write(row.GetFloat(i), output);
                break;
            case PortableKind.Double:
                Write(row.GetDouble(i), output);
                break;
            case PortableKind.String:
                output.WriteCell(row.GetString(i));
                break;
            case PortableKind.Binary:
                output.WriteBlock(row.GetFieldValue<byte[]>(i));
                break;
            case PortableKind.Date:
                output.WriteInt32(row.GetFieldValue<DateOnly>(i).DayNumber);
                break;
            case PortableKind.Time:
                WriteTicks(row.GetFieldValue<TimeOnly>(i).Ticks, output);
                break;
            case PortableKind.DateTime:
                WriteTicks(row.GetDateTime(i).Ticks, output);
                break;
            case PortableKind.DateTimeOffset:
                WriteTicks(row.GetFieldValue<DateTimeOffset>(i).UtcTicks, output);
                break;
            case PortableKind.TimeSpan:
                WriteTicks(row.GetFieldValue<TimeSpan>(i).Ticks, output);
                break;
            case PortableKind.Guid:
                output.WriteGuid(row.GetGuid(i));
                break;
            default:
                Write((JsonNode)row.GetValue(i), output);
                break;
        }
    }

    /// <summary>A cell of a column whose values differ in type, as its own.</summary>
    private static void WriteValue(object value, string column, IBufferWriter<byte> output)
    {
        ConversionProblem? problem = null;
        object? portable = value;
        if (value is not string && !ScalarConversion.ToPortable(value, out portable, out problem))
        {
            throw problem!.ToException(column, null);
        }

        Write(portable!, output);
    }

    /// <summary>A portable value as its own type.</summary>
    internal static void Write(object value, IBufferWriter<byte> output)
    {
        output.WriteByte((byte)PortableType.FromClr(value.GetType()).Kind);
        switch (value)
        {
            case bool x:
                output.WriteByte(x ? (byte)1 : (byte)0);
                break;
            case short or int or long:
                output.WriteInt64(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case decimal x:
                Write(x, output);
                break;
            case float x:
                Write(x, output);
                break;
            case double x:
                Write(x, output);
                break;
            case string x:
                output.WriteCell(x);
                break;
            case byte[] x:
                output.WriteBlock(x);
                break;
            case DateOnly x:
                output.WriteInt32(x.DayNumber);
                break;
            case TimeOnly x:
                WriteTicks(x.Ticks, output);
                break;
            case DateTime x:
                WriteTicks(x.Ticks, output);
                break;
            case DateTimeOffset x:
                WriteTicks(x.UtcTicks, output);
                break;
            case TimeSpan x:
                WriteTicks(x.Ticks, output);
                break;
            case Guid x:
                output.WriteGuid(x);
                break;
            default:
                Write((JsonNode)value, output);
                break;
        }
    }

    private static void WriteTicks(long ticks, IBufferWriter<byte> output) => output.WriteInt64(ticks / TimeSpan.TicksPerMicrosecond);

    internal static void Write(decimal value, IBufferWriter<byte> output) => output.WriteDecimal(value == 0 ? 0m : value.Scale == 0 ? value : value / One);

    internal static void Write(double value, IBufferWriter<byte> output) =>
        output.WriteInt64(BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value));

    private static void Write(JsonNode node, IBufferWriter<byte> output)
    {
        using JsonDocument document = JsonDocument.Parse(node.ToJsonString(), JsonConversion.Reading);
        Write(document.RootElement, output);
    }

    private static void Write(JsonElement element, IBufferWriter<byte> output)
    {
        output.WriteByte((byte)element.ValueKind);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // of a name that comes twice databases keep the last
                SortedDictionary<string, JsonElement> properties = new(StringComparer.Ordinal);
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    properties[property.Name] = property.Value;
                }

                output.WriteVariable((ulong)properties.Count);
                foreach ((string name, JsonElement value) in properties)
                {
                    output.WriteCell(name);
                    Write(value, output);
                }

                break;
            case JsonValueKind.Array:
                output.WriteVariable((ulong)element.GetArrayLength());
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(item, output);
                }

                break;
            case JsonValueKind.String:
                output.WriteCell(element.GetString()!);
                break;
            case JsonValueKind.Number:
                WriteNumber(element.GetRawText(), output);
                break;
        }
    }

    private static void WriteNumber(string text, IBufferWriter<byte> output)
    {
        _ = DigitText.TryRead(text, out DigitText number);
        output.WriteCell(text[0] == '-' && !number.IsZero ? "-" + number : number.ToString());
    }
}
