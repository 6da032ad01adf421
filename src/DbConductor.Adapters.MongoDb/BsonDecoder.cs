using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Values in BSON as portable values: the other direction of <see cref="BsonEncoder"/>.</summary>
internal static class BsonDecoder
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a value that is not null.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="kind">The column's type; <see cref="PortableKind.Object"/>: what the value's own type says.</param>
    /// <returns>The value; null where it is JSON's null.</returns>
    /// <exception cref="Exception">Of the kinds that conversions throw: the value does not fit.</exception>
    public static object? Read(BsonType type, ReadOnlySpan<byte> value, PortableKind kind)
    {
        object? own = kind == PortableKind.Json ? BsonJson.Read(BsonJson.Decode(type, value)) : Own(type, value);
        return (kind, own) switch
        {
            (PortableKind.Object or PortableKind.Json, _) => own,
            (PortableKind.Boolean, bool) or (PortableKind.Int32, int) or (PortableKind.Int64, long) or (PortableKind.Decimal, decimal) or (PortableKind.Double, double)
                or (PortableKind.String, string) or (PortableKind.Binary, byte[]) or (PortableKind.Guid, Guid) or (PortableKind.DateTimeOffset, DateTimeOffset) => own,
            (PortableKind.Int16, int x) => checked((short)x),
            (PortableKind.Single, double x) => (float)x is var single && ((double)single).Equals(x) ? single : throw new OverflowException(),
            (PortableKind.Date, DateTimeOffset { TimeOfDay.Ticks: 0 } x) => DateOnly.FromDateTime(x.DateTime),
            (PortableKind.DateTime, DateTimeOffset x) => x.DateTime,
            (PortableKind.Time, string x) => TimeOnly.ParseExact(x, "HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
            (PortableKind.TimeSpan, long x) => TimeSpan.FromTicks(x),
            _ => throw new InvalidCastException(),
        };
    }

    /// <summary>The bytes of a value that was decoded already.</summary>
    public static ReadOnlySpan<byte> BytesOf(BsonValue value) => new BsonDocument("", value).ToBson().AsSpan(6..^1);

    private static object? Own(BsonType type, ReadOnlySpan<byte> value) => type switch
    {
        BsonType.Double => BinaryPrimitives.ReadDoubleLittleEndian(value),
        BsonType.String or BsonType.Symbol or BsonType.JavaScript => Utf8.GetString(value[4..^1]),
        BsonType.Boolean => value[0] != 0,
        BsonType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
        BsonType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
        BsonType.DateTime => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(value)),
        BsonType.ObjectId => Convert.ToHexString(value).ToLowerInvariant(),
        BsonType.Binary => value[4] == (byte)BsonBinarySubType.UuidStandard && value.Length == 21 ? new Guid(value[5..], bigEndian: true)
            // the old subtype repeats its length inside
            : value[4] == 0x02 ? value[9..].ToArray() : value[5..].ToArray(),
        BsonType.Decimal128 => Exact(Decimal128.FromIEEEBits((ulong)BinaryPrimitives.ReadInt64LittleEndian(value[8..]), (ulong)BinaryPrimitives.ReadInt64LittleEndian(value))),
        _ => BsonJson.Read(BsonJson.Decode(type, value)),
    };

    /// <summary>The driver rounds what a decimal cannot hold.</summary>
    private static decimal Exact(Decimal128 value)
    {
        decimal exact = Decimal128.ToDecimal(value);
        return Decimal128.Compare(new Decimal128(exact), value) == 0 ? exact : throw new OverflowException();
    }
}
