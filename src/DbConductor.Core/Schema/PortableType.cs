using System.Globalization;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>
/// A column's type in words that mean the same on every database, such as <c>int</c>, <c>decimal(18,4)</c> or <c>string(50)</c>.
/// </summary>
/// <param name="Kind">What kind of value.</param>
/// <param name="Length">Longest text in characters or binary in bytes; null means unbounded. Only for String and Binary.</param>
/// <param name="Precision">Total digits of a Decimal; null means as many as the database keeps exactly.</param>
/// <param name="Scale">Digits after the point of a Decimal.</param>
public readonly record struct PortableType(PortableKind Kind, int? Length = null, int? Precision = null, int? Scale = null)
{
    private static readonly Dictionary<string, PortableKind> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["object"] = PortableKind.Object,
        ["bool"] = PortableKind.Boolean, ["boolean"] = PortableKind.Boolean,
        ["short"] = PortableKind.Int16, ["int16"] = PortableKind.Int16, ["smallint"] = PortableKind.Int16,
        ["int"] = PortableKind.Int32, ["int32"] = PortableKind.Int32, ["integer"] = PortableKind.Int32,
        ["long"] = PortableKind.Int64, ["int64"] = PortableKind.Int64, ["bigint"] = PortableKind.Int64,
        ["decimal"] = PortableKind.Decimal, ["numeric"] = PortableKind.Decimal,
        ["float"] = PortableKind.Single, ["single"] = PortableKind.Single, ["real"] = PortableKind.Single,
        ["double"] = PortableKind.Double,
        ["string"] = PortableKind.String, ["text"] = PortableKind.String,
        ["binary"] = PortableKind.Binary, ["byte[]"] = PortableKind.Binary, ["bytes"] = PortableKind.Binary,
        ["date"] = PortableKind.Date, ["dateonly"] = PortableKind.Date,
        ["time"] = PortableKind.Time, ["timeonly"] = PortableKind.Time,
        ["datetime"] = PortableKind.DateTime,
        ["datetimeoffset"] = PortableKind.DateTimeOffset,
        ["timespan"] = PortableKind.TimeSpan, ["duration"] = PortableKind.TimeSpan,
        ["guid"] = PortableKind.Guid, ["uuid"] = PortableKind.Guid,
        ["json"] = PortableKind.Json,
    };

    /// <summary>The type of the values in memory.</summary>
    public Type ClrType => Kind switch
    {
        PortableKind.Boolean => typeof(bool),
        PortableKind.Int16 => typeof(short),
        PortableKind.Int32 => typeof(int),
        PortableKind.Int64 => typeof(long),
        PortableKind.Decimal => typeof(decimal),
        PortableKind.Single => typeof(float),
        PortableKind.Double => typeof(double),
        PortableKind.String => typeof(string),
        PortableKind.Binary => typeof(byte[]),
        PortableKind.Date => typeof(DateOnly),
        PortableKind.Time => typeof(TimeOnly),
        PortableKind.DateTime => typeof(DateTime),
        PortableKind.DateTimeOffset => typeof(DateTimeOffset),
        PortableKind.TimeSpan => typeof(TimeSpan),
        PortableKind.Guid => typeof(Guid),
        PortableKind.Json => typeof(JsonNode),
        _ => typeof(object),
    };

    /// <summary>True for the kinds whose values are numbers.</summary>
    public bool IsNumeric => Kind is PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64
        or PortableKind.Decimal or PortableKind.Single or PortableKind.Double;

    /// <summary>The portable type that holds every value of a CLR type; <see cref="PortableKind.Object"/> where none does.</summary>
    /// <param name="type">A CLR type, also <see cref="Nullable{T}"/> and enums (as their underlying integer).</param>
    public static PortableType FromClr(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            type = Enum.GetUnderlyingType(type);
        }

        if (type == typeof(byte[]))
        {
            return new(PortableKind.Binary);
        }

        if (typeof(JsonNode).IsAssignableFrom(type))
        {
            return new(PortableKind.Json);
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => new(PortableKind.Boolean),
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 => new(PortableKind.Int16),
            TypeCode.UInt16 or TypeCode.Int32 => new(PortableKind.Int32),
            TypeCode.UInt32 or TypeCode.Int64 => new(PortableKind.Int64),
            TypeCode.UInt64 => new(PortableKind.Decimal, null, 20, 0),
            TypeCode.Decimal => new(PortableKind.Decimal),
            TypeCode.Single => new(PortableKind.Single),
            TypeCode.Double => new(PortableKind.Double),
            TypeCode.String or TypeCode.Char => new(PortableKind.String),
            TypeCode.DateTime => new(PortableKind.DateTime),
            _ when type == typeof(DateOnly) => new(PortableKind.Date),
            _ when type == typeof(TimeOnly) => new(PortableKind.Time),
            _ when type == typeof(DateTimeOffset) => new(PortableKind.DateTimeOffset),
            _ when type == typeof(TimeSpan) => new(PortableKind.TimeSpan),
            _ when type == typeof(Guid) => new(PortableKind.Guid),
            _ when type == typeof(System.Numerics.BigInteger) => new(PortableKind.Decimal),
            _ => new(PortableKind.Object),
        };
    }

    /// <summary>Reads a portable name: <c>int</c>, <c>decimal(18,4)</c>, <c>string(50)</c>, <c>binary(16)</c>.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: not such a name; the message lists those there are.</exception>
    public static PortableType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string name = text.Trim();
        int[] numbers = [];
        int open = name.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && name.EndsWith(')'))
        {
            string[] parts = name[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            name = name[..open].TrimEnd();
            numbers = new int[parts.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                {
                    throw Unknown(text);
                }
            }
        }

        if (!Names.TryGetValue(name, out PortableKind kind))
        {
            throw Unknown(text);
        }

        return (kind, numbers) switch
        {
            (_, []) => new(kind),
            (PortableKind.String or PortableKind.Binary, [> 0]) => new(kind, numbers[0]),
            (PortableKind.Decimal, [> 0]) => new(kind, null, numbers[0], 0),
            (PortableKind.Decimal, [> 0, _]) when numbers[1] <= numbers[0] => new(kind, null, numbers[0], numbers[1]),
            _ => throw Unknown(text),
        };
    }

    /// <summary>The portable name; <see cref="Parse"/> reads it back to an equal value.</summary>
    public override string ToString()
    {
        string name = Kind switch
        {
            PortableKind.Boolean => "bool",
            PortableKind.Int16 => "short",
            PortableKind.Int32 => "int",
            PortableKind.Int64 => "long",
            PortableKind.Single => "float",
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return (Length, Precision) switch
        {
            ({ } length, _) => string.Create(CultureInfo.InvariantCulture, $"{name}({length})"),
            (_, { } precision) => string.Create(CultureInfo.InvariantCulture, $"{name}({precision},{Scale ?? 0})"),
            _ => name,
        };
    }

    private static DbConductorException Unknown(string text) => new(
        DbErrorKind.InvalidArgument,
        $"'{text}' is not a portable type. Use one of: bool, short, int, long, decimal(precision,scale), float, double, string(length), " +
        "binary(length), date, time, datetime, datetimeoffset, timespan, guid, json.");
}
