using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A query of Spark SQL over views.</summary>
internal static partial class QueryPlan
{
    /// <summary>Makes the views, which no other call sees, and the query over them.</summary>
    internal static FramePlan Make(SparkSession spark, IEnumerable<(string Name, Side Side)> views, string query)
    {
        SparkSession own = spark.NewSession();
        foreach ((string name, Side side) in views)
        {
            side.Open(own).ToDF([.. side.Columns.Select(c => c.Column.Name)]).CreateOrReplaceTempView(name);
        }

        DataFrame frame = own.Sql(query);
        List<SideColumn> columns = [];
        List<string> made = [];
        using JsonDocument schema = JsonDocument.Parse((string)((Microsoft.Spark.Interop.Ipc.JvmObjectReference)frame.Reference.Invoke("schema")).Invoke("json"));
        foreach (JsonElement field in schema.RootElement.GetProperty("fields").EnumerateArray())
        {
            JsonElement type = field.GetProperty("type");
            string name = Side.Name(columns.Count);
            bool nested = type.ValueKind == JsonValueKind.Object;
            SideColumn column = nested ? new(new("", new(PortableKind.Json)), SideColumn.Text) : Read(type.GetString()!);
            columns.Add(column with { Column = column.Column with { Name = field.GetProperty("name").GetString()! } });
            made.Add($"{(nested ? $"to_json({name})" : column.ToResult(name))} AS {name}");
        }

        if (columns.Count == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The query gives no columns. -Query takes a query, such as a SELECT.");
        }

        if (columns.GroupBy(c => c.Column.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"The query gives two columns the name '{twice.Key}'. Rename one: ... AS other.") { Column = twice.Key };
        }

        return new([.. columns.Select(c => c.Column)], frame.ToDF([.. columns.Select((_, i) => Side.Name(i))]).SelectExpr([.. made]));
    }

    private static SideColumn Read(string type)
    {
        Match number = DecimalType().Match(type);
        if (number.Success)
        {
            (int precision, int scale) = (int.Parse(number.Groups[1].ValueSpan), int.Parse(number.Groups[2].ValueSpan));

            // as many digits as ours keep are declared; what has more is refused by its row
            return new(new("", precision <= ColumnLimits.DecimalDigits ? new(PortableKind.Decimal, null, precision, scale) : new(PortableKind.Decimal)), type.ToUpperInvariant());
        }

        PortableKind kind = type switch
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
        bool isText = kind == PortableKind.String && (type == "string" || type.Contains("char", StringComparison.Ordinal));
        return new(new("", new(kind)), isText ? SideColumn.Text : kind == PortableKind.String ? "OTHER" : SideColumn.TypeOf(kind));
    }

    [GeneratedRegex(@"^decimal\((\d+),(-?\d+)\)$")]
    private static partial Regex DecimalType();
}
