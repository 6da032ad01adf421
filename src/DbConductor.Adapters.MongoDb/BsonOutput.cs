using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Writes one document in BSON (https://bsonspec.org/spec.html), straight from values: the driver's own writers would make an object of each value first.
/// </summary>
internal sealed class BsonOutput
{
    /// <summary>Room for what a document has beside its text and binary.</summary>
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>How many bytes are written.</summary>
    public int Length => _length;

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _length = 0;

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <summary>A field's name as it stands in a document: UTF-8 and a zero.</summary>
    public static byte[] Name(string name)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    /// <summary>Begins a document, or the value of a field that is one; <see cref="End"/> takes what this gives.</summary>
    public int Begin()
    {
        int start = _length;
        Room(4);
        _length += 4;
        return start;
    }

    /// <summary>Ends a document.</summary>
    public void End(int start)
    {
        Room(1)[0] = 0;
        _length++;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), _length - start);
    }

    /// <summary>Begins a field.</summary>
    public void Field(BsonType type, ReadOnlySpan<byte> name)
    {
        Span<byte> room = Room(name.Length + 1);
        room[0] = (byte)type;
        name.CopyTo(room[1..]);
        _length += name.Length + 1;
    }

    public void Byte(byte value)
    {
        Room(1)[0] = value;
        _length++;
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        _length += 4;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        _length += 8;
    }

    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    public void Decimal(Decimal128 value)
    {
        Int64((long)value.GetIEEELowBits());
        Int64((long)value.GetIEEEHighBits());
    }

    public void Text(string value)
    {
        Span<byte> room = Room(5 + Encoding.UTF8.GetMaxByteCount(value.Length));
        int count = Encoding.UTF8.GetBytes(value, room[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(room, count + 1);
        room[4 + count] = 0;
        _length += count + 5;
    }

    public void Binary(BsonBinarySubType subtype, ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        Byte((byte)subtype);
        Raw(value);
    }

    public void Guid(Guid value)
    {
        Int32(16);
        Byte((byte)BsonBinarySubType.UuidStandard);
        value.TryWriteBytes(Room(16), bigEndian: true, out _);
        _length += 16;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length));
        _length += value.Length;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        return _bytes.AsSpan(_length);
    }
}
