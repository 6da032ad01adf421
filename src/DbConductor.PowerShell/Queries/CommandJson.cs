using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace DbConductor.PowerShell;

/// <summary>
/// Writes a query that is given as an object - an ordered dictionary, or a list of them - as JSON, for databases whose language that is. What JSON has no type for
/// stands in it as Extended JSON writes it.
/// </summary>
internal static class CommandJson
{
    private const int MaxDepth = 64;

    /// <summary>The query's text.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: an unordered dictionary with several keys, or a value that JSON cannot hold.</exception>
    internal static string Write(object query) => Node(query, 0, isCommand: true)?.ToJsonString() ?? "null";

    private static JsonNode? Node(object? value, int depth, bool isCommand)
    {
        value = value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;
        switch (value)
        {
            case null or DBNull:
                return null;
            case JsonNode node:
                return node.DeepClone();
            case string or bool or int or long or short or byte:
                return JsonValue.Create(value);
            case float or double when double.IsFinite(System.Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                return JsonValue.Create(value);
            case DateTime time:
                return Wrapped("$date", (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            case DateTimeOffset time:
                return Wrapped("$date", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            case decimal number:
                return Wrapped("$numberDecimal", number.ToString(CultureInfo.InvariantCulture));
            case Guid guid:
                return Wrapped("$uuid", guid.ToString());
            case byte[] bytes:
                return new JsonObject { ["$binary"] = new JsonObject { ["base64"] = System.Convert.ToBase64String(bytes), ["subType"] = "00" } };
            case Hashtable { Count: > 1 } when isCommand:
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument, "A command begins with its name, and @{} keeps no order: write [ordered]@{ find = 'people'; filter = @{ ... } }.");
            case not null when depth >= MaxDepth:
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"The query is nested more than {MaxDepth} deep, or contains itself.");
            case IDictionary map:
                return Entries(map.Cast<DictionaryEntry>().Select(e => (System.Convert.ToString(e.Key, CultureInfo.InvariantCulture)!, e.Value)), depth);
            case PSObject custom:
                return Entries(custom.Properties.Select(p => (p.Name, (object?)p.Value)), depth);
            case IEnumerable list:
                return new JsonArray([.. list.Cast<object?>().Select(item => Node(item, depth + 1, isCommand && depth == 0))]);
            default:
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"A query holds no value of type {value.GetType()}. Bind it with -Parameter, or write it as text.");
        }
    }

    private static JsonObject Entries(IEnumerable<(string Name, object? Value)> entries, int depth)
    {
        JsonObject made = [];
        foreach ((string name, object? value) in entries)
        {
            made[name] = Node(value, depth + 1, isCommand: false);
        }

        return made;
    }

    private static JsonObject Wrapped(string name, string text) => new() { [name] = text };
}
