using System.Globalization;
using System.Text.RegularExpressions;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// Portable types and MySQL's, as <c>SHOW FULL COLUMNS</c> names them. Where one native type serves two portable ones, a comment on the column tells ours apart.
/// </summary>
internal static partial class MySqlTypes
{
    public const string TimeOfDay = "time of day";
    public const string Json = "json";
    public const string Utc = "UTC";

    /// <summary>The longest text in a key that no length was declared for: InnoDB indexes 3,072 bytes, of which a character may take four.</summary>
    private const int KeyLength = 255;

    public static string Declare(PortableType type, bool inKey, MySqlCapabilities server, bool binaryGuids) => type.Kind switch
    {
        PortableKind.Boolean => "tinyint(1)",
        PortableKind.Int16 => "smallint",
        PortableKind.Int32 => "int",
        PortableKind.Int64 => "bigint",

        // 65 digits, 30 of them behind the point, hold every decimal of .NET exactly: 29 digits, at most 28 behind the point
        PortableKind.Decimal => type.Precision is { } precision ? Invariant($"decimal({precision},{type.Scale ?? 0})") : "decimal(65,30)",
        PortableKind.Single => "float",
        PortableKind.Double => "double",
        PortableKind.String => Text(type.Length, inKey),
        PortableKind.Binary => type.Length is { } length && length <= 65535 ? Invariant($"varbinary({length})") : inKey ? Invariant($"varbinary({KeyLength})") : "longblob",
        PortableKind.Date => "date",
        PortableKind.Time => $"time(6) COMMENT '{TimeOfDay}'",
        PortableKind.DateTime => "datetime(6)",

        // not timestamp, which ends in 2038
        PortableKind.DateTimeOffset => $"datetime(6) COMMENT '{Utc}'",
        PortableKind.TimeSpan => "time(6)",
        PortableKind.Guid when binaryGuids => "binary(16)",
        PortableKind.Guid => "char(36) CHARACTER SET ascii COLLATE ascii_general_ci",
        PortableKind.Json => server.HasJsonType ? "json" : $"json COMMENT '{Json}'",
        _ => throw new DbConductorException(
            DbErrorKind.NotSupported, "MySQL has no column type for values of mixed types. Declare one with -ColumnType, such as string or json."),
    };

    private static string Text(int? length, bool inKey) => (length, inKey) switch
    {
        ( <= 16383, _) => Invariant($"varchar({length}) CHARACTER SET utf8mb4"),
        (_, true) => Invariant($"varchar({KeyLength}) CHARACTER SET utf8mb4"),
        _ => "longtext CHARACTER SET utf8mb4",
    };

    /// <summary>What a native type means.</summary>
    /// <param name="native">The type, as <c>int(10) unsigned</c>.</param>
    /// <param name="collation">The column's collation, if it is text.</param>
    /// <param name="comment">The column's comment.</param>
    /// <param name="binaryGuids">Whether binary(16) is a GUID.</param>
    public static PortableType Read(string native, string? collation, string comment, bool binaryGuids)
    {
        string name = native.ToLowerInvariant();
        bool unsigned = name.Contains("unsigned", StringComparison.Ordinal);
        int[] numbers = Numbers(name);
        name = name.Split('(', ' ')[0];
        int? first = numbers is [var n, ..] ? n : null;
        return name switch
        {
            "tinyint" when first == 1 && !unsigned => new(PortableKind.Boolean),
            "tinyint" => new(PortableKind.Int16),
            "smallint" => new(unsigned ? PortableKind.Int32 : PortableKind.Int16),
            "mediumint" => new(PortableKind.Int32),
            "int" or "integer" => new(unsigned ? PortableKind.Int64 : PortableKind.Int32),
            "bigint" => unsigned ? new(PortableKind.Decimal, null, 20, 0) : new(PortableKind.Int64),
            "bit" => first is null or 1 ? new(PortableKind.Boolean) : first < 64 ? new(PortableKind.Int64) : new(PortableKind.Decimal, null, 20, 0),
            "year" => new(PortableKind.Int16),
            // what every decimal fits into: another database's column of so many digits would bring them all back
            "decimal" or "numeric" when numbers is [65, 30] => new(PortableKind.Decimal),
            "decimal" or "numeric" => new(PortableKind.Decimal, null, first ?? 10, numbers.ElementAtOrDefault(1)),
            "float" => new(PortableKind.Single),
            "double" or "real" => new(PortableKind.Double),
            "date" => new(PortableKind.Date),
            "time" => new(comment == TimeOfDay ? PortableKind.Time : PortableKind.TimeSpan),
            "datetime" => new(comment == Utc ? PortableKind.DateTimeOffset : PortableKind.DateTime),
            "timestamp" => new(PortableKind.DateTimeOffset),
            "json" => new(PortableKind.Json),
            "longtext" when comment == Json => new(PortableKind.Json),
            "char" when first == 36 && collation?.StartsWith("ascii", StringComparison.Ordinal) == true => new(PortableKind.Guid),
            "char" or "varchar" => new(PortableKind.String, first),
            "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set" or "inet4" or "inet6" or "uuid" => new(PortableKind.String),
            "binary" when first == 16 && binaryGuids => new(PortableKind.Guid),
            "binary" or "varbinary" => new(PortableKind.Binary, first),
            "tinyblob" => new(PortableKind.Binary, 255),
            "blob" => new(PortableKind.Binary, 65535),
            _ => new(PortableKind.Binary),
        };
    }

    /// <summary>Whether a type's values have lengths that differ, so that an index can take their beginnings; an enum is a number.</summary>
    public static bool HasLength(string? native) =>
        native is not null && (native.Contains("char", StringComparison.OrdinalIgnoreCase) || native.Contains("text", StringComparison.OrdinalIgnoreCase)
            || native.Contains("blob", StringComparison.OrdinalIgnoreCase) || native.Contains("binary", StringComparison.OrdinalIgnoreCase))
        && !native.StartsWith("enum", StringComparison.OrdinalIgnoreCase) && !native.StartsWith("set", StringComparison.OrdinalIgnoreCase);

    /// <summary>Digits of a second that a time type keeps; the server rounds what has more.</summary>
    public static int FractionDigits(string native) => Numbers(native) is [var digits] ? digits : 0;

    /// <summary>A native type's name without what follows it.</summary>
    public static string NameOf(string? native) => (native ?? "").ToLowerInvariant().Split('(', ' ')[0];

    /// <summary>Whether a column takes bytes.</summary>
    public static bool IsBytes(Column column) => column.Type.Kind == PortableKind.Binary || (column.Type.Kind == PortableKind.Guid && NameOf(column.NativeType) == "binary");

    /// <summary>The numbers in a native type's brackets.</summary>
    public static IReadOnlyList<int> Digits(string native) => Numbers(native);

    /// <summary>The values of an enum or a set, as <c>SHOW COLUMNS</c> writes them: quotes are doubled, and a backslash makes what it makes in any text.</summary>
    public static IReadOnlyList<string> Members(string? native) => NameOf(native) is "enum" or "set"
        ? [.. MemberPattern().Matches(native!).Select(m => EscapePattern().Replace(m.Groups[1].Value, e => e.Value switch
        {
            @"\n" => "\n",
            @"\r" => "\r",
            @"\0" => "\0",
            var escape => escape[1..],
        }))]
        : [];

    [GeneratedRegex(@"'((?:[^'\\]|''|\\.)*)'", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MemberPattern();

    [GeneratedRegex(@"''|\\.", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex EscapePattern();

    private static int[] Numbers(string native)
    {
        int open = native.IndexOf('(', StringComparison.Ordinal);
        int close = native.IndexOf(')', StringComparison.Ordinal);
        return open < 0 || close < open || native.IndexOf('\'', open, close - open) >= 0
            ? []
            : [.. native[(open + 1)..close].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
