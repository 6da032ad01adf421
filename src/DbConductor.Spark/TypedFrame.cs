using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A frame of Spark, and what its columns are, by their places.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Columns">Its columns.</param>
internal sealed partial record TypedFrame(DataFrame Frame, IReadOnlyList<SideColumn> Columns)
{
    /// <summary>A frame whose columns are what Spark says that they are.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: two of them have one name.</exception>
    internal static TypedFrame Of(DataFrame frame)
    {
        using JsonDocument schema = JsonDocument.Parse((string)((JvmObjectReference)frame.Reference.Invoke("schema")).Invoke("json"));
        SideColumn[] columns = [.. schema.RootElement.GetProperty("fields").EnumerateArray().Select(field => Read(field.GetProperty("name").GetString()!, field.GetProperty("type")))];
        return columns.GroupBy(c => c.Column.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new DbConductorException(DbErrorKind.InvalidArgument, $"Two columns would have the name '{twice.Key}'. Rename one: ... AS other.") { Column = twice.Key }
            : new(frame, columns);
    }

    /// <summary>The frame, its columns named by their places.</summary>
    internal DataFrame ByPlace() => Frame.ToDF([.. Columns.Select((_, i) => Side.Name(i))]);

    /// <summary>The frame, its columns named by their places and in the form of a result's file.</summary>
    internal DataFrame ToResult() => ByPlace().SelectExpr([.. Columns.Select((column, i) => $"{column.ToResult(Side.Name(i))} AS {Side.Name(i)}")]);

    private static SideColumn Read(string name, JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.Object)
        {
            return new(new(name, new(PortableKind.Json)), SideColumn.Nested);
        }

        string text = type.GetString()!;
        Match number = DecimalType().Match(text);
        if (number.Success)
        {
            (int precision, int scale) = (int.Parse(number.Groups[1].ValueSpan), int.Parse(number.Groups[2].ValueSpan));

            // as many digits as ours keep are declared; what has more is refused by its row
            return new(new(name, precision <= ColumnLimits.DecimalDigits ? new(PortableKind.Decimal, null, precision, scale) : new(PortableKind.Decimal)), text.ToUpperInvariant());
        }

        PortableKind kind = text switch
        {
            "boolean" => PortableKind.Boolean,
            "byte" or "short" => PortableKind.Int16,
            "integer" => PortableKind.Int32,
            "long" => PortableKind.Int64,
            "float" => PortableKind.Single,
            "double" => PortableKind.Double,
            "binary" => PortableKind.Binary,
            "date" => PortableKind.Date,
            "timestamp" => PortableKind.DateTimeOffset,
            "timestamp_ntz" => PortableKind.DateTime,
            _ => PortableKind.String,
        };

        // an interval, or a column of nulls alone, has text too
        bool isText = kind == PortableKind.String && (text == "string" || text.Contains("char", StringComparison.Ordinal));
        return new(new(name, new(kind)), isText ? SideColumn.Text : kind == PortableKind.String ? SideColumn.Other : SideColumn.TypeOf(kind));
    }

    [GeneratedRegex(@"^decimal\((\d+),(-?\d+)\)$")]
    private static partial Regex DecimalType();
}
