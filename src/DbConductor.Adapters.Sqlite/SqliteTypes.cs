using System.Globalization;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// Portable types and SQLite's declared types. SQLite stores by a declared type's affinity (https://www.sqlite.org/datatype3.html, section 3.1),
/// so the names of columns that we create are chosen such that no value is stored as something else: a decimal or a JSON text under NUMERIC affinity
/// would turn into a floating-point number.
/// </summary>
internal static class SqliteTypes
{
    /// <summary>The collation that orders decimals, which are stored as text, by value.</summary>
    public const string DecimalCollation = "DBC_DECIMAL";

    private const string OfAnotherType = "cells that are not what the declared type says";

    private static readonly ColumnLimits s_any = new() { Exceeds = [OfAnotherType] };
    private static readonly ColumnLimits s_floating = new() { Lacks = [ColumnLimits.NaN], Exceeds = [OfAnotherType] };
    private static readonly ColumnLimits s_numeric = new() { Lacks = ["numbers of more than about 15 digits"] };

    public static string Declare(PortableType type) => type.Kind switch
    {
        PortableKind.Boolean => "BOOLEAN",
        PortableKind.Int16 => "INT16",
        PortableKind.Int32 => "INT32",
        PortableKind.Int64 => "BIGINT",
        PortableKind.Decimal => type.Precision is { } precision
            ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL_TEXT({precision},{type.Scale ?? 0}) COLLATE {DecimalCollation}")
            : $"DECIMAL_TEXT COLLATE {DecimalCollation}",
        PortableKind.Single => "FLOAT32",
        PortableKind.Double => "DOUBLE",
        PortableKind.String => type.Length is { } length ? string.Create(CultureInfo.InvariantCulture, $"VARCHAR({length})") : "TEXT",
        PortableKind.Binary => type.Length is { } length ? string.Create(CultureInfo.InvariantCulture, $"BLOB({length})") : "BLOB",
        PortableKind.Date => "DATE",
        PortableKind.Time => "TIME",
        PortableKind.DateTime => "DATETIME",
        PortableKind.DateTimeOffset => "DATETIMEOFFSET",
        PortableKind.TimeSpan => "TIMESPAN",
        PortableKind.Guid => "GUID COLLATE NOCASE",
        PortableKind.Json => "JSON_TEXT",
        _ => "",
    };

    /// <summary>Where a column differs from its portable type; docs/types-sqlite.md says the same in prose.</summary>
    public static ColumnLimits LimitsOf(Column column) => column.Type.Kind switch
    {
        PortableKind.Single or PortableKind.Double => s_floating,
        PortableKind.Object => NumericAffinity.Has(column) ? s_numeric : ColumnLimits.None,
        _ => s_any,
    };

    /// <summary>What a declared type means. What others declare means what SQLite lets it hold: any integer has 64 bits, any NUMERIC may be of any type.</summary>
    public static PortableType Read(string? declared)
    {
        string name = (declared ?? "").Trim().ToUpperInvariant();
        int[] numbers = [];
        int open = name.IndexOf('(', StringComparison.Ordinal);
        if (open >= 0)
        {
            numbers = [.. name[(open + 1)..].TrimEnd(')').Split(',').Select(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int i) ? i : 0)];
            name = name[..open].TrimEnd();
        }

        int? length = numbers is [> 0, ..] ? numbers[0] : null;
        return name switch
        {
            "BOOLEAN" or "BOOL" => new(PortableKind.Boolean),
            "INT16" => new(PortableKind.Int16),
            "INT32" => new(PortableKind.Int32),
            "DECIMAL_TEXT" => length is null ? new(PortableKind.Decimal) : new(PortableKind.Decimal, null, length, numbers.ElementAtOrDefault(1)),
            "FLOAT32" => new(PortableKind.Single),
            "DATE" => new(PortableKind.Date),
            "TIME" => new(PortableKind.Time),
            "DATETIME" or "TIMESTAMP" => new(PortableKind.DateTime),
            "DATETIMEOFFSET" => new(PortableKind.DateTimeOffset),
            "TIMESPAN" => new(PortableKind.TimeSpan),
            "GUID" or "UUID" => new(PortableKind.Guid),
            "JSON_TEXT" or "JSON" => new(PortableKind.Json),
            _ when name.Contains("INT", StringComparison.Ordinal) => new(PortableKind.Int64),
            _ when name.Contains("CHAR", StringComparison.Ordinal) || name.Contains("CLOB", StringComparison.Ordinal)
                || name.Contains("TEXT", StringComparison.Ordinal) => new(PortableKind.String, length),
            _ when name.Contains("BLOB", StringComparison.Ordinal) => new(PortableKind.Binary, length),
            _ when name.Contains("REAL", StringComparison.Ordinal) || name.Contains("FLOA", StringComparison.Ordinal)
                || name.Contains("DOUB", StringComparison.Ordinal) => new(PortableKind.Double),
            _ => new(PortableKind.Object),
        };
    }
}
