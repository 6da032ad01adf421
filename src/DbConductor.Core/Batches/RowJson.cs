using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>A row as a JSON object, in a form that the conversions of <see cref="ValueConversion"/> read back without loss.</summary>
/// <remarks>
/// Numbers keep all their digits; floating point is told by its exponent, which other numbers never have. NaN and the infinities, dates, times, GUIDs and binary are
/// text as the conversions write it. A missing field is left out, and so is one that its source cannot give.
/// </remarks>
public static class RowJson
{
    /// <summary>The only field of a row that could not be read at all: the line as it stands in its file.</summary>
    public const string TextName = "line";

    /// <summary>The row on which a reader stands.</summary>
    public static string Write(RowReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.RowText is { } text)
        {
            return new JsonObject { [TextName] = text }.ToJsonString(Options);
        }

        JsonObject made = [];
        for (int i = 0; i < row.Columns.Count; i++)
        {
            try
            {
                if (!row.IsDBNull(i))
                {
                    made[row.Columns[i].Name] = Node(row.GetValue(i));
                }
                else if (!row.IsMissing(i))
                {
                    made[row.Columns[i].Name] = null;
                }
            }
            catch (DbConductorException)
            {
                // a cell that cannot be read is what the reject is for
            }
        }

        return made.ToJsonString(Options);
    }

    /// <summary>Reads one back; values of nested objects and arrays are <see cref="JsonNode"/>; whole numbers are long, others decimal, those with an exponent double.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: not a JSON object.</exception>
    public static IReadOnlyList<KeyValuePair<string, object?>> Read(string data)
    {
        return JsonConversion.ToJson(data, out object? node, out _) && node is JsonObject read
            ? [.. read.Select(p => new KeyValuePair<string, object?>(p.Key, Value(p.Value)))]
            : throw new DbConductorException(DbErrorKind.InvalidData, "A rejected row is not a JSON object: what keeps it was changed.");
    }

    internal static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 1000,
    };

    private static JsonNode? Node(object value)
    {
        switch (value)
        {
            case double or float:
                string number = TextConversion.Format(Convert.ToDouble(value, CultureInfo.InvariantCulture))!;
                return double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture))
                    ? JsonNode.Parse(number.Contains('E', StringComparison.Ordinal) ? number : number + "E0")
                    : JsonValue.Create(number);
            case string text:
                // half a surrogate pair cannot stand in JSON; what is at fault is told in the message
                return JsonValue.Create(TextConversion.IsUnicode(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
            default:
                return JsonConversion.ToJson(value, out object? node, out _) ? ((JsonNode?)node)?.DeepClone() : JsonValue.Create(value.ToString());
        }
    }

    private static object? Value(JsonNode? node) => node switch
    {
        JsonValue value => JsonConversion.Scalar(value) is var plain && value.GetValueKind() == JsonValueKind.Number
            && value.ToJsonString() is var text && text.AsSpan().IndexOfAny('e', 'E') >= 0 && double.TryParse(text, CultureInfo.InvariantCulture, out double number)
            ? number : plain,
        _ => node?.DeepClone(),
    };
}
