using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor.PowerShell;

/// <summary>Turns nested values - dictionaries, lists, PSCustomObjects, objects of PowerShell classes - into JSON.</summary>
/// <param name="cells">For single values and errors.</param>
/// <param name="property">The property that holds it all, for errors.</param>
internal sealed class JsonBuilder(CellConverter cells, string property)
{
    /// <summary>As deep as System.Text.Json reads back unless told otherwise.</summary>
    private const int MaxDepth = 64;

    private const string Remedy = "Choose what is to be kept with Select-Object, or turn it into text with ConvertTo-Json.";

    private readonly Stack<object> _path = [];

    internal JsonNode Build(object value) => Node(value)!;

    private JsonNode? Node(object? value)
    {
        if (value is PSObject { BaseObject: not PSCustomObject } wrapper)
        {
            return Node(wrapper.BaseObject);
        }

        switch (value)
        {
            case null or DBNull:
                return null;
            case string text:
                cells.Size += text.Length;
                return JsonValue.Create(text);
            case bool flag:
                return JsonValue.Create(flag);
            case short number:
                return JsonValue.Create(number);
            case int number:
                return JsonValue.Create(number);
            case long number:
                return JsonValue.Create(number);
            case decimal number:
                return JsonValue.Create(number);
            case BigInteger number:
                return JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));
            case float number:
                return float.IsFinite(number) ? JsonValue.Create(number) : throw NotFinite();
            case double number:
                return double.IsFinite(number) ? JsonValue.Create(number) : throw NotFinite();
            case DateTime or DateTimeOffset or DateOnly or TimeOnly:
                return JsonValue.Create(((IFormattable)value).ToString("O", CultureInfo.InvariantCulture));
            case TimeSpan or Guid:
                return JsonValue.Create(value.ToString());
            case byte[] bytes:
                cells.Size += bytes.Length;
                return JsonValue.Create(System.Convert.ToBase64String(bytes));
            case JsonNode node:
                return node.DeepClone();
            case JsonElement element:
                return JsonSerializer.SerializeToNode(element);
            case JsonDocument document:
                return JsonSerializer.SerializeToNode(document);
        }

        return cells.Unusual(value, property) is { } single ? Node(single) : Container(value);
    }

    private JsonNode Container(object value)
    {
        if (_path.Any(outer => ReferenceEquals(outer, value)))
        {
            throw cells.Problem(property, "the object contains itself", Remedy);
        }

        if (_path.Count == MaxDepth)
        {
            throw cells.Problem(property, $"objects are nested more than {MaxDepth} deep", Remedy);
        }

        _path.Push(value);
        JsonNode node = value switch
        {
            PSObject custom => Properties(custom),
            IDictionary dictionary => Entries(dictionary.Cast<DictionaryEntry>().Select(e => (Text(e.Key), e.Value))),
            IDictionary<string, object?> dictionary => Entries(dictionary.Select(e => (e.Key, (object?)e.Value))),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
            _ when value.GetType().Assembly.IsDynamic => Properties(PSObject.AsPSObject(value)),
            _ => throw cells.Problem(property, $"a value of type {value.GetType()} cannot be stored", Remedy),
        };
        _path.Pop();
        return node;
    }

    private JsonObject Properties(PSObject item) =>
        Entries(item.Properties.Where(p => p.IsGettable).Select(p => (p.Name, ValueOf(p))));

    private object? ValueOf(PSPropertyInfo member)
    {
        try
        {
            return member.Value;
        }
        catch (GetValueException error)
        {
            throw cells.Problem(property, $"its property '{member.Name}' cannot be read: its getter failed", Remedy, error.InnerException ?? error);
        }
    }

    private JsonObject Entries(IEnumerable<(string Name, object? Value)> entries)
    {
        JsonObject node = [];
        foreach ((string name, object? value) in entries)
        {
            node.Add(name, Node(value));
        }

        return node;
    }

    private static string Text(object key) => System.Convert.ToString(key, CultureInfo.InvariantCulture) ?? "";

    private DbConductorException NotFinite() =>
        cells.Problem(property, "a nested number is NaN or infinite, which JSON cannot hold", "Replace it, or give it a property of its own.");
}
