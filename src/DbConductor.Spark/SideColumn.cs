using System.Globalization;

namespace DbConductor.Spark;

/// <summary>A column of a side in Spark.</summary>
/// <param name="Column">What it is for us.</param>
/// <param name="Spark">The type in which Spark has it.</param>
internal sealed record SideColumn(Column Column, string Spark)
{
    /// <summary>What Spark has for a decimal of unknown digits, and for what it has no type for: text in the form that the conversions read back.</summary>
    internal const string Text = "STRING";

    private const int MostDigits = 38;

    /// <summary>Whether Spark has a decimal as text.</summary>
    internal bool IsDecimalText => Column.Type.Kind == PortableKind.Decimal && Spark == Text;

    /// <summary>The type in which Spark has values of a portable type.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="integerDigits">The most digits that a decimal has before the point.</param>
    /// <param name="scale">The most that it has behind it.</param>
    internal static string TypeOf(PortableKind kind, int integerDigits = MostDigits, int scale = MostDigits) => kind switch
    {
        PortableKind.Boolean => "BOOLEAN",
        PortableKind.Int16 => "SMALLINT",
        PortableKind.Int32 => "INT",
        PortableKind.Int64 => "BIGINT",
        PortableKind.Decimal when integerDigits + scale <= MostDigits => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({Math.Max(1, integerDigits + scale)},{scale})"),
        PortableKind.Single => "FLOAT",
        PortableKind.Double => "DOUBLE",
        PortableKind.Binary => "BINARY",
        PortableKind.Date => "DATE",
        PortableKind.DateTime => "TIMESTAMP_NTZ",
        PortableKind.DateTimeOffset => "TIMESTAMP",

        // times of day, durations, GUIDs and JSON have no type there; as text each value has one form, so that equal texts are equal values
        _ => Text,
    };

    /// <summary>The expression that makes the column of the text in which it was handed over.</summary>
    internal string FromText(string name) => Spark switch
    {
        Text => name,
        "BINARY" => $"unhex({name})",
        _ => $"CAST({name} AS {Spark})",
    };

    /// <summary>The expression that makes of the column what a result's file has: text that the conversions read back, or what JSON has itself.</summary>
    internal string ToResult(string name) => Column.Type.Kind switch
    {
        PortableKind.Boolean or PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => name,
        _ => ToText(name),
    };

    /// <summary>The same as text whatever it is. A float is the double that it equals, so that it can stand in a column of doubles.</summary>
    internal string ToText(string name, bool asDouble = false) => Spark switch
    {
        Text => name,
        "BINARY" => $"concat('0x', hex({name}))",
        "TIMESTAMP" => $"concat(CAST({name} AS STRING), '+00:00')",
        "FLOAT" when asDouble => $"CAST(CAST({name} AS DOUBLE) AS STRING)",
        _ => $"CAST({name} AS STRING)",
    };
}
