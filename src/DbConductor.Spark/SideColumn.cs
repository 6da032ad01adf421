using System.Globalization;

namespace DbConductor.Spark;

/// <summary>A column of a side in Spark.</summary>
/// <param name="Column">What it is for us.</param>
/// <param name="Spark">The type in which Spark has it.</param>
internal sealed record SideColumn(Column Column, string Spark)
{
    /// <summary>What Spark has for a decimal of unknown digits, and for what it has no type for: text in the form that the conversions read back.</summary>
    internal const string Text = "STRING";

    /// <summary>What stands for the type of an array, a map or a structure, which becomes JSON.</summary>
    internal const string Nested = "NESTED";

    /// <summary>What stands for types that we have none for, but whose values have text.</summary>
    internal const string Other = "OTHER";

    private const int MostDigits = 38;

    // fields that are null stay, and times keep their microseconds
    private const string JsonOptions = "map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd\\'T\\'HH:mm:ss.SSSSSSXXX', 'timestampNTZFormat', 'yyyy-MM-dd\\'T\\'HH:mm:ss.SSSSSS')";

    /// <summary>A column's name as an expression.</summary>
    internal static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

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

    /// <summary>The most digits that a decimal or whole number has before the point and behind it.</summary>
    internal (int Integers, int Scale) Digits()
    {
        if (!Spark.StartsWith("DECIMAL(", StringComparison.Ordinal))
        {
            return (20, 0);
        }

        int[] numbers = [.. Spark["DECIMAL(".Length..^1].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        return (numbers[0] - numbers[1], numbers[1]);
    }

    /// <summary>The type of Spark that holds both columns' values as they are; text where none does.</summary>
    /// <param name="other">The other column.</param>
    /// <param name="kind">What they become.</param>
    internal string Common(SideColumn other, PortableKind kind)
    {
        if (Spark == other.Spark || kind != PortableKind.Decimal)
        {
            return Spark == other.Spark ? Spark : TypeOf(kind);
        }

        ((int integers, int scale), (int otherIntegers, int otherScale)) = (Digits(), other.Digits());
        return IsDecimalText || other.IsDecimalText ? Text : TypeOf(kind, Math.Max(integers, otherIntegers), Math.Max(scale, otherScale));
    }

    /// <summary>The expression that makes the column one of another type.</summary>
    internal string As(string spark, string name) => spark == Spark ? name : spark == Text ? ToText(name) : $"CAST({name} AS {spark})";

    /// <summary>The expression that makes the column of the text in which it was handed over.</summary>
    internal string FromText(string name) => Spark switch
    {
        Text => name,
        "BINARY" => $"unhex(substring({name}, 3))",
        _ => $"CAST({name} AS {Spark})",
    };

    /// <summary>The expression that makes of the column what a result's file has: text that the conversions read back, or what JSON has itself.</summary>
    internal string ToResult(string name) => Column.Type.Kind switch
    {
        PortableKind.Boolean or PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => name,
        _ => ToText(name),
    };

    /// <summary>The same as text whatever it is.</summary>
    internal string ToText(string name) => Spark switch
    {
        Text => name,
        Nested => $"to_json({name}, {JsonOptions})",
        "BINARY" => $"concat('0x', hex({name}))",
        "TIMESTAMP" => $"concat(CAST({name} AS STRING), '+00:00')",
        _ => $"CAST({name} AS STRING)",
    };
}
