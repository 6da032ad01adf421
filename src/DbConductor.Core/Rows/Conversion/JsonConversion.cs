using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class JsonConversion
{
    /// <summary>Deeper nesting is taken for an object that contains itself.</summary>
    private const int MaxDepth = 64;

    /// <summary>As deep as .NET writes JSON; it reads only 64 levels unless told.</summary>
    internal static JsonDocumentOptions Reading => new() { MaxDepth = 1000 };

    internal static bool ToJson(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case JsonNode:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                return TextConversion.IsUnicode(text)
                    ? FromText(text, out converted, out problem)
                    : Fail(TextConversion.NotUnicode(text), out converted, out problem);
            default:
                return TryNode(value, 0, out JsonNode? node, out problem)
                    ? Done(node, out converted, out problem)
                    : Fail(problem!, out converted, out problem);
        }
    }

    /// <summary>
    /// What a JSON scalar holds, as the narrowest type that keeps it exactly: a number that neither long nor decimal keeps stays text, so that its digits survive.
    /// Null for objects, arrays and JSON's null.
    /// </summary>
    internal static object? Scalar(JsonValue node)
    {
        if (node.TryGetValue(out JsonElement element))
        {
            return Scalar(element);
        }

        object held = node.GetValue<object>();
        return held is JsonNode ? null : held;
    }

    /// <inheritdoc cref="Scalar(JsonValue)"/>
    internal static object? Scalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole
            : DecimalConversion.TryParse(element.GetRawText(), out decimal exact, out _) ? exact
            : element.GetRawText(),
        _ => null,
    };

    private static bool FromText(string text, out object? converted, out ConversionProblem? problem)
    {
        try
        {
            JsonNode? node = JsonNode.Parse(text, null, Reading);
            if (text.Contains(@"\ud", StringComparison.OrdinalIgnoreCase))
            {
                // strings are decoded lazily, and half a surrogate pair would only fail later
                _ = node?.ToJsonString();
            }

            return Done(node, out converted, out problem);
        }
        catch (JsonException)
        {
            return Fail(ConversionProblem.Text(text, "is not JSON"), out converted, out problem);
        }
        catch (InvalidOperationException)
        {
            return Fail(TextConversion.NotUnicode(text), out converted, out problem);
        }
    }

    private static bool TryNode(object? value, int depth, out JsonNode? node, out ConversionProblem? problem)
    {
        problem = null;
        node = null;
        switch (value)
        {
            case null or DBNull:
                return true;
            case JsonNode x:
                node = x.Parent is null ? x : x.DeepClone();
                return true;
            case JsonElement x:
                node = x.ValueKind switch
                {
                    JsonValueKind.Object => JsonObject.Create(x),
                    JsonValueKind.Array => JsonArray.Create(x),
                    JsonValueKind.Null or JsonValueKind.Undefined => null,
                    _ => JsonValue.Create(x),
                };
                return true;
            case JsonDocument x:
                return TryNode(x.RootElement.Clone(), depth, out node, out problem);
            case float or double when !double.IsFinite(System.Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                problem = ConversionProblem.Misfit(value, "is NaN or infinite, which JSON cannot hold");
                return false;
            case bool x:
                node = JsonValue.Create(x);
                return true;
            case string x when !TextConversion.IsUnicode(x):
                problem = TextConversion.NotUnicode(x);
                return false;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or float or double or BigInteger:
                node = JsonNode.Parse(TextConversion.Format(value)!);
                return true;
            case IDictionary or IEnumerable when depth >= MaxDepth && value is not (string or byte[]):
                problem = ConversionProblem.Misfit(value, "is nested too deeply, or contains itself");
                return false;
            case IDictionary map:
                return TryObject(map, depth, out node, out problem);
            case IEnumerable items when value is not (string or byte[]):
                return TryArray(items, depth, out node, out problem);
            default:
                string? text = value as string ?? TextConversion.Format(value) ?? Unwrap(value) as string;
                problem = text is null ? ConversionProblem.Type(value, "JSON") : null;
                node = text is null ? null : JsonValue.Create(text);
                return text is not null;
        }
    }

    private static bool TryObject(IDictionary map, int depth, out JsonNode? node, out ConversionProblem? problem)
    {
        JsonObject made = [];
        node = made;
        foreach (DictionaryEntry entry in map)
        {
            if (!TryNode(entry.Value, depth + 1, out JsonNode? item, out problem))
            {
                return false;
            }

            string name = System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            if (!made.TryAdd(name, item))
            {
                problem = ConversionProblem.Misfit(map, "has two keys that read the same as text");
                return false;
            }
        }

        problem = null;
        return true;
    }

    private static bool TryArray(IEnumerable items, int depth, out JsonNode? node, out ConversionProblem? problem)
    {
        JsonArray made = [];
        node = made;
        foreach (object? item in items)
        {
            if (!TryNode(item, depth + 1, out JsonNode? element, out problem))
            {
                return false;
            }

            made.Add(element);
        }

        problem = null;
        return true;
    }
}
