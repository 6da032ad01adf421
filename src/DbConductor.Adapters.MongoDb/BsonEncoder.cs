using System.Globalization;
using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Portable values as fields of a document. Which BSON type each becomes stands in <c>docs/types-mongodb.md</c>.</summary>
internal static class BsonEncoder
{
    /// <summary>A BSON date counts milliseconds (https://bsonspec.org/spec.html, "UTC datetime").</summary>
    public static readonly TimeSpan DateResolution = TimeSpan.FromMilliseconds(1);

    /// <summary>Writes the field of a row's cell, which is neither null nor missing.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="name">The field's name with its zero.</param>
    /// <param name="row">The row.</param>
    /// <param name="i">The column's ordinal.</param>
    /// <param name="number">The row's number, for errors.</param>
    public static void Write(BsonOutput output, ReadOnlySpan<byte> name, RowReader row, int i, long number)
    {
        Column column = row.Columns[i];
        switch (column.Type.Kind)
        {
            case PortableKind.Boolean:
                output.Field(BsonType.Boolean, name);
                output.Byte(row.GetBoolean(i) ? (byte)1 : (byte)0);
                break;
            case PortableKind.Int16:
                output.Field(BsonType.Int32, name);
                output.Int32(row.GetInt16(i));
                break;
            case PortableKind.Int32:
                output.Field(BsonType.Int32, name);
                output.Int32(row.GetInt32(i));
                break;
            case PortableKind.Int64:
                output.Field(BsonType.Int64, name);
                output.Int64(row.GetInt64(i));
                break;
            case PortableKind.Decimal:
                output.Field(BsonType.Decimal128, name);
                output.Decimal(row.GetDecimal(i));
                break;
            case PortableKind.Single:
                output.Field(BsonType.Double, name);
                output.Double(row.GetFloat(i));
                break;
            case PortableKind.Double:
                output.Field(BsonType.Double, name);
                output.Double(row.GetDouble(i));
                break;
            case PortableKind.String when column.NativeType != BsonNames.ObjectId:
                output.Field(BsonType.String, name);
                output.Text(row.GetString(i));
                break;
            case PortableKind.Date:
                Date(output, name, row.GetFieldValue<DateOnly>(i).ToDateTime(default).Ticks);
                break;
            case PortableKind.DateTime when row.GetDateTime(i).Ticks is var ticks && ticks % TimeSpan.TicksPerMillisecond == 0:
                Date(output, name, ticks);
                break;
            case PortableKind.DateTimeOffset when row.GetFieldValue<DateTimeOffset>(i).UtcTicks is var ticks && ticks % TimeSpan.TicksPerMillisecond == 0:
                Date(output, name, ticks);
                break;
            default:
                object value = row.GetValue(i);
                Write(output, name, column.NativeType == BsonNames.ObjectId ? BsonNames.AsObjectId(value) : value, column.Name, number);
                break;
        }
    }

    /// <summary>Writes a field with a value by the value's own type.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: a value that no BSON type holds.</exception>
    public static void Write(BsonOutput output, ReadOnlySpan<byte> name, object? value, string column, long? number)
    {
        switch (value)
        {
            case null or DBNull:
                output.Field(BsonType.Null, name);
                break;
            case bool x:
                output.Field(BsonType.Boolean, name);
                output.Byte(x ? (byte)1 : (byte)0);
                break;
            case short or int:
                output.Field(BsonType.Int32, name);
                output.Int32(Convert.ToInt32(value, CultureInfo.InvariantCulture));
                break;
            case long x:
                output.Field(BsonType.Int64, name);
                output.Int64(x);
                break;
            case decimal x:
                output.Field(BsonType.Decimal128, name);
                output.Decimal(x);
                break;
            case float or double:
                output.Field(BsonType.Double, name);
                output.Double(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case string x:
                output.Field(BsonType.String, name);
                output.Text(x);
                break;
            case byte[] x:
                output.Field(BsonType.Binary, name);
                output.Binary(BsonBinarySubType.Binary, x);
                break;
            case Guid x:
                output.Field(BsonType.Binary, name);
                output.Guid(x);
                break;
            case DateOnly x:
                Date(output, name, x.ToDateTime(default).Ticks);
                break;
            case DateTime x:
                Date(output, name, Whole(x.Kind == DateTimeKind.Local ? x.ToUniversalTime().Ticks : x.Ticks, column, number));
                break;
            case DateTimeOffset x:
                Date(output, name, Whole(x.UtcTicks, column, number));
                break;
            case TimeOnly x:
                output.Field(BsonType.String, name);
                output.Text(x.ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
                break;
            case TimeSpan x:
                output.Field(BsonType.Int64, name);
                output.Int64(x.Ticks);
                break;
            case JsonNode x:
                BsonJson.Write(output, name, x, column, number);
                break;
            case BsonValue x:
                // a document of one field, without what surrounds the field: its length, the type and name that it was given, and the end
                byte[] one = new BsonDocument("", x).ToBson();
                output.Field(x.BsonType, name);
                output.Raw(one.AsSpan(6..^1));
                break;
            default:
                throw new ConversionProblem(DbErrorKind.InvalidType, $"a value of type {value.GetType()} cannot be stored", "Convert it first.").ToException(column, number);
        }
    }

    /// <summary>A value in BSON, for filters and updates: in the form in which <see cref="Write(BsonOutput, ReadOnlySpan{byte}, object?, string, long?)"/> stores it.</summary>
    public static BsonValue ToBson(object? value, Column column)
    {
        if (value is BsonValue known)
        {
            return known;
        }

        BsonOutput output = new();
        int start = output.Begin();
        Write(output, "v\0"u8, column.NativeType == BsonNames.ObjectId ? BsonNames.AsObjectId(value!) : value, column.Name, null);
        output.End(start);
        return BsonSerializer.Deserialize<BsonDocument>(output.ToArray())[0];
    }

    private static void Date(BsonOutput output, ReadOnlySpan<byte> name, long ticks)
    {
        output.Field(BsonType.DateTime, name);
        output.Int64((ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);
    }

    private static long Whole(long ticks, string column, long? number) => ticks % TimeSpan.TicksPerMillisecond == 0 ? ticks : throw new ConversionProblem(
        DbErrorKind.InvalidData, "a time finer than a millisecond cannot be stored: MongoDB's dates end there", "Round it first, or store it as text.").ToException(column, number);
}
