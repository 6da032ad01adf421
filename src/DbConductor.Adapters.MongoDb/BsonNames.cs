using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>BSON's types by the names that <c>$type</c> and <c>$jsonSchema</c> take, and the portable types that they are read as.</summary>
internal static class BsonNames
{
    public const string ObjectId = "objectId";

    /// <summary>The name by which the server knows a type (https://www.mongodb.com/docs/manual/reference/bson-types/).</summary>
    public static string Of(BsonType type) => type switch
    {
        BsonType.Double => "double",
        BsonType.String => "string",
        BsonType.Document => "object",
        BsonType.Array => "array",
        BsonType.Binary => "binData",
        BsonType.ObjectId => ObjectId,
        BsonType.Boolean => "bool",
        BsonType.DateTime => "date",
        BsonType.Null => "null",
        BsonType.RegularExpression => "regex",
        BsonType.JavaScript => "javascript",
        BsonType.Symbol => "symbol",
        BsonType.Int32 => "int",
        BsonType.Timestamp => "timestamp",
        BsonType.Int64 => "long",
        BsonType.Decimal128 => "decimal",
        BsonType.MinKey => "minKey",
        BsonType.MaxKey => "maxKey",
        _ => type.ToString(),
    };

    /// <summary>The type under which a portable type's values are stored; null where they differ in type.</summary>
    public static string? Stored(PortableKind kind) => kind switch
    {
        PortableKind.Boolean => "bool",
        PortableKind.Int16 or PortableKind.Int32 => "int",
        PortableKind.Int64 or PortableKind.TimeSpan => "long",
        PortableKind.Decimal => "decimal",
        PortableKind.Single or PortableKind.Double => "double",
        PortableKind.String or PortableKind.Time => "string",
        PortableKind.Binary or PortableKind.Guid => "binData",
        PortableKind.Date or PortableKind.DateTime or PortableKind.DateTimeOffset => "date",
        _ => null,
    };

    /// <summary>The portable kind of what a value of a type is read as where nothing else is known of its field.</summary>
    public static PortableKind Read(string type) => type switch
    {
        "double" => PortableKind.Double,
        "string" or ObjectId or "symbol" or "javascript" => PortableKind.String,
        "object" or "array" or "regex" or "timestamp" or "minKey" or "maxKey" => PortableKind.Json,
        "binData" => PortableKind.Binary,
        "bool" => PortableKind.Boolean,
        "date" => PortableKind.DateTimeOffset,
        "int" => PortableKind.Int32,
        "long" => PortableKind.Int64,
        "decimal" => PortableKind.Decimal,
        _ => PortableKind.Object,
    };

    /// <summary>Text of 24 hexadecimal digits as the object id that it writes, everything else as it is.</summary>
    public static object AsObjectId(object value) =>
        value is string { Length: 24 } text && MongoDB.Bson.ObjectId.TryParse(text, out ObjectId id) ? (BsonObjectId)id : value;
}
