using System.Globalization;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>Portable types and PostgreSQL's, by the names that <c>format_type</c> gives.</summary>
internal static class PostgreSqlTypes
{
    public static string Declare(PortableType type) => type.Kind switch
    {
        PortableKind.Boolean => "boolean",
        PortableKind.Int16 => "smallint",
        PortableKind.Int32 => "integer",
        PortableKind.Int64 => "bigint",
        PortableKind.Decimal => type.Precision is { } precision ? string.Create(CultureInfo.InvariantCulture, $"numeric({precision},{type.Scale ?? 0})") : "numeric",
        PortableKind.Single => "real",
        PortableKind.Double => "double precision",
        PortableKind.String => type.Length is { } length ? string.Create(CultureInfo.InvariantCulture, $"varchar({length})") : "text",
        PortableKind.Binary => "bytea",
        PortableKind.Date => "date",
        PortableKind.Time => "time",
        PortableKind.DateTime => "timestamp",
        PortableKind.DateTimeOffset => "timestamptz",
        PortableKind.TimeSpan => "interval",
        PortableKind.Guid => "uuid",
        PortableKind.Json => "jsonb",
        _ => throw new DbConductorException(
            DbErrorKind.NotSupported, "PostgreSQL has no column type for values of mixed types. Declare one with -ColumnType, such as string or json."),
    };

    /// <summary>What a native type means; types that have no portable one are read and written as text.</summary>
    public static PortableType Read(string native)
    {
        (string name, int[] numbers) = Split(native);
        int? first = numbers is [var n, ..] ? n : null;
        return name switch
        {
            "boolean" => new(PortableKind.Boolean),
            "smallint" => new(PortableKind.Int16),
            "integer" => new(PortableKind.Int32),
            "bigint" => new(PortableKind.Int64),
            "numeric" => first is null ? new(PortableKind.Decimal) : new(PortableKind.Decimal, null, first, numbers.ElementAtOrDefault(1)),
            "real" => new(PortableKind.Single),
            "double precision" => new(PortableKind.Double),
            "character varying" or "character" => new(PortableKind.String, first),
            "bytea" => new(PortableKind.Binary),
            "date" => new(PortableKind.Date),
            "time without time zone" => new(PortableKind.Time),
            "timestamp without time zone" => new(PortableKind.DateTime),
            "timestamp with time zone" => new(PortableKind.DateTimeOffset),
            "interval" => new(PortableKind.TimeSpan),
            "uuid" => new(PortableKind.Guid),
            "json" or "jsonb" => new(PortableKind.Json),
            _ => new(PortableKind.String),
        };
    }

    /// <summary>Whether values of the type travel as text and are cast on the server: every type for which there is no binary form here.</summary>
    public static bool IsCarriedAsText(string native) =>
        Read(native).Kind == PortableKind.String && Split(native).Name is not ("text" or "character varying" or "character" or "name" or "citext");

    /// <summary>
    /// Whether the bytes of one column are those of the other and every value fits: the same type, or text into text that is no shorter. Types that travel as text
    /// are not: they may be of one database only.
    /// </summary>
    public static bool IsTakenAsItIs(Column from, Column into)
    {
        if (from.NativeType is not { } source || into.NativeType is not { } target || IsCarriedAsText(source) || IsCarriedAsText(target) || (from.Nullable && !into.Nullable))
        {
            return false;
        }

        (PortableType left, PortableType right) = (Read(source), Read(target));
        return source == target
            || (left.Kind == PortableKind.String && right.Kind == PortableKind.String && NameOf(target) != "name"
                && (right.Length is not { } most || left.Length <= most));
    }

    /// <summary>A native type's name without its length; null for none.</summary>
    public static string? NameOf(string? native) => native is null ? null : Split(native).Name;

    /// <summary>The ticks of the finest time that a type keeps: <c>timestamp(3)</c> rounds what has more than three digits of a second.</summary>
    public static long FractionUnit(string native) => (long)Math.Pow(10, 7 - FractionDigits(native));

    /// <summary>The digits of a second that a type of time keeps.</summary>
    public static int FractionDigits(string native) => native.StartsWith("time", StringComparison.Ordinal) && Split(native).Numbers is [var given] ? given : 6;

    /// <summary>Why a column takes no time finer than <see cref="FractionUnit"/>.</summary>
    public static string TooFine(Column column) => $"the time has more digits of a second than {column.NativeType} keeps. Round it before it is saved.";

    // "timestamp(3) without time zone" -> "timestamp without time zone", [3]
    private static (string Name, int[] Numbers) Split(string native)
    {
        int open = native.IndexOf('(', StringComparison.Ordinal);
        int close = native.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return (native.EndsWith("[]", StringComparison.Ordinal) || !native.StartsWith("interval", StringComparison.Ordinal) ? FullName(native) : "interval", []);
        }

        string name = native[..open] + native[(close + 1)..];
        return (name.StartsWith("interval", StringComparison.Ordinal) ? "interval" : FullName(name),
            [.. native[(open + 1)..close].Split(',').Select(n => int.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int i) ? i : 0)]);
    }

    // the names that we declare columns by, as the server spells them once they are there
    private static string FullName(string name) => name switch
    {
        "varchar" => "character varying",
        "time" => "time without time zone",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        _ => name,
    };
}
