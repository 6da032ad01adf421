using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>
/// Rows in PostgreSQL's binary COPY format (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4): each field is its length, then its bytes,
/// both in network order. Types' bytes are as their *_recv functions in the server's sources (src/backend/utils/adt) read them.
/// </summary>
internal sealed class CopyBuffer
{
    /// <summary>From how many bytes on the buffer is worth sending.</summary>
    public const int FlushAt = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(false, true);
    private byte[] _bytes = new byte[FlushAt + 8192];
    private int _length;

    public bool IsFull => _length >= FlushAt;

    public long Total { get; private set; }

    public void Header()
    {
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];
        signature.CopyTo(_bytes);
        _bytes.AsSpan(11, 8).Clear();
        _length = 19;
    }

    public void Row(int fields) => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)fields);

    public void End() => Row(-1);

    public ReadOnlyMemory<byte> Flush()
    {
        ReadOnlyMemory<byte> all = _bytes.AsMemory(0, _length);
        Total += _length;
        _length = 0;
        return all;
    }

    public void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    public void Boolean(bool value)
    {
        Span<byte> at = Field(1);
        at[0] = value ? (byte)1 : (byte)0;
    }

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Field(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Field(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Field(8), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleBigEndian(Field(4), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleBigEndian(Field(8), value);

    public void Guid(Guid value) => value.TryWriteBytes(Field(16), bigEndian: true, out _);

    public void Binary(ReadOnlySpan<byte> value) => value.CopyTo(Field(value.Length));

    /// <summary>An interval keeps days apart from the time of day.</summary>
    public void Interval(TimeSpan value)
    {
        Span<byte> at = Field(16);
        BinaryPrimitives.WriteInt64BigEndian(at, value.Ticks % TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt32BigEndian(at[8..], value.Days);
        BinaryPrimitives.WriteInt32BigEndian(at[12..], 0);
    }

    /// <param name="value">The text.</param>
    /// <param name="version">A byte that stands before it (jsonb); null for none.</param>
    /// <exception cref="EncoderFallbackException">Half a surrogate pair.</exception>
    public void Text(ReadOnlySpan<char> value, byte? version = null)
    {
        int extra = version is null ? 0 : 1;
        Reserve(4 + extra + Strict.GetMaxByteCount(value.Length));
        int start = _length + 4 + extra;
        int length = Strict.GetBytes(value, _bytes.AsSpan(start)) + extra;
        if (version is { } v)
        {
            _bytes[_length + 4] = v;
        }

        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), length);
        _length += 4 + length;
    }

    /// <summary>A number as groups of four decimal digits: count, weight of the first, sign, digits after the point, groups.</summary>
    public void Numeric(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        int scale = (bits[3] >> 16) & 0xff;
        UInt128 digits = new((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);

        // groups are counted from the point: fill the last group behind it with zeros
        int padding = (4 - (scale % 4)) % 4;
        Span<short> groups = stackalloc short[9];
        int count = 0;
        ReadOnlySpan<uint> powers = [1, 10, 100, 1000];
        if (digits != 0)
        {
            UInt128 rest = digits;
            if (padding > 0)
            {
                (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(rest, powers[4 - padding]);
                groups[count++] = (short)((uint)remainder * powers[padding]);
                rest = quotient;
            }

            while (rest != 0)
            {
                (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(rest, 10000);
                groups[count++] = (short)(ushort)remainder;
                rest = quotient;
            }
        }

        int weight = count - ((scale + padding) / 4) - 1;
        int skip = 0;
        while (skip < count && groups[skip] == 0)
        {
            skip++;
        }

        Span<byte> at = Field(8 + ((count - skip) * 2));
        BinaryPrimitives.WriteInt16BigEndian(at, (short)(count - skip));
        BinaryPrimitives.WriteInt16BigEndian(at[2..], (short)(count == skip ? 0 : weight));
        BinaryPrimitives.WriteInt16BigEndian(at[4..], bits[3] < 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(at[6..], (short)scale);
        at = at[8..];
        for (int i = count - 1; i >= skip; i--)
        {
            BinaryPrimitives.WriteInt16BigEndian(at, groups[i]);
            at = at[2..];
        }
    }

    private Span<byte> Field(int length)
    {
        Span<byte> at = Take(4 + length);
        BinaryPrimitives.WriteInt32BigEndian(at, length);
        return at[4..];
    }

    private Span<byte> Take(int length)
    {
        Reserve(length);
        Span<byte> at = MemoryMarshal.CreateSpan(ref _bytes[_length], length);
        _length += length;
        return at;
    }

    private void Reserve(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        }
    }
}
