using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>Writes one cell: a tag, then the value.</summary>
internal static class CellWriting
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static void WriteCell(this IBufferWriter<byte> output, bool value) => output.WriteByte((byte)(value ? CellTag.True : CellTag.False));

    internal static void WriteCell(this IBufferWriter<byte> output, CellTag integer, long value)
    {
        output.WriteByte((byte)integer);
        output.WriteZigZag(value);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, decimal value)
    {
        output.WriteByte((byte)CellTag.Decimal);
        output.WriteDecimal(value);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, float value)
    {
        output.WriteByte((byte)CellTag.Single);
        output.WriteInt32(BitConverter.SingleToInt32Bits(value));
    }

    internal static void WriteCell(this IBufferWriter<byte> output, double value)
    {
        output.WriteByte((byte)CellTag.Double);
        output.WriteInt64(BitConverter.DoubleToInt64Bits(value));
    }

    internal static void WriteCell(this IBufferWriter<byte> output, string value)
    {
        if (TextConversion.IsUnicode(value))
        {
            output.WriteByte((byte)CellTag.String);
            output.WriteText(value);
            return;
        }

        output.WriteByte((byte)CellTag.RawString);
        output.WriteVariable((ulong)value.Length * 2);
        foreach (char c in value)
        {
            output.WriteInt16((short)c);
        }
    }

    internal static void WriteCell(this IBufferWriter<byte> output, byte[] value)
    {
        output.WriteByte((byte)CellTag.Binary);
        output.WriteBlock(value);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, DateOnly value)
    {
        output.WriteByte((byte)CellTag.Date);
        output.WriteInt32(value.DayNumber);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, TimeOnly value)
    {
        output.WriteByte((byte)CellTag.Time);
        output.WriteInt64(value.Ticks);
    }

    /// <summary>Ticks take 62 bits, the kind the two above; <see cref="DateTime.ToBinary"/> would move local times by the zone.</summary>
    internal static void WriteCell(this IBufferWriter<byte> output, DateTime value)
    {
        output.WriteByte((byte)CellTag.DateTime);
        output.WriteInt64(value.Ticks | ((long)value.Kind << 62));
    }

    internal static void WriteCell(this IBufferWriter<byte> output, DateTimeOffset value)
    {
        output.WriteByte((byte)CellTag.DateTimeOffset);
        output.WriteInt64(value.Ticks);
        output.WriteInt16((short)(value.Offset.Ticks / TimeSpan.TicksPerMinute));
    }

    internal static void WriteCell(this IBufferWriter<byte> output, TimeSpan value)
    {
        output.WriteByte((byte)CellTag.TimeSpan);
        output.WriteInt64(value.Ticks);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, Guid value)
    {
        output.WriteByte((byte)CellTag.Guid);
        output.WriteGuid(value);
    }

    internal static void WriteCell(this IBufferWriter<byte> output, JsonNode value)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text, JsonOptions))
        {
            value.WriteTo(writer);
        }

        output.WriteByte((byte)CellTag.Json);
        output.WriteBlock(text.WrittenSpan);
    }
}
