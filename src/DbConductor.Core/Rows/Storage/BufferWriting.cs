using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DbConductor;

/// <summary>The few primitives of which stored rows are made; little-endian.</summary>
internal static class BufferWriting
{
    internal static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    internal static void WriteInt16(this IBufferWriter<byte> output, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(output.GetSpan(2), value);
        output.Advance(2);
    }

    internal static void WriteInt32(this IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    internal static void WriteInt64(this IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    internal static void WriteVariable(this IBufferWriter<byte> output, ulong value)
    {
        Span<byte> span = output.GetSpan(10);
        int count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[count++] = (byte)value;
        output.Advance(count);
    }

    /// <summary>Small numbers of either sign take few bytes.</summary>
    internal static void WriteZigZag(this IBufferWriter<byte> output, long value) => output.WriteVariable((ulong)((value << 1) ^ (value >> 63)));

    internal static void WriteBlock(this IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.WriteVariable((ulong)bytes.Length);
        output.Write(bytes);
    }

    internal static void WriteDecimal(this IBufferWriter<byte> output, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        _ = decimal.GetBits(value, parts);
        Span<byte> span = output.GetSpan(16);
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span[(4 * i)..], parts[i]);
        }

        output.Advance(16);
    }

    internal static void WriteGuid(this IBufferWriter<byte> output, Guid value)
    {
        value.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
    }

    /// <summary>Length and UTF-8 text; the text must be Unicode.</summary>
    internal static void WriteText(this IBufferWriter<byte> output, string text)
    {
        if (text.Length < 128 / 3)
        {
            // then the length is one byte, and the text can be written behind it before it is known
            Span<byte> span = output.GetSpan(128);
            int written = Encoding.UTF8.GetBytes(text, span[1..]);
            span[0] = (byte)written;
            output.Advance(written + 1);
            return;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        output.WriteVariable((ulong)length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
    }
}
