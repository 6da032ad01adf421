using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor.PowerShell;

/// <summary>Turns JSON from a database into what PowerShell works with: objects, arrays and single values.</summary>
internal static class JsonObjects
{
    /// <summary>A value of a row for the pipeline: JSON becomes objects, everything else stays what it is.</summary>
    internal static object? FromCell(object? value) => value switch
    {
        DBNull => null,
        JsonNode node => From(node, asDictionary: false),
        _ => value,
    };

    /// <summary>Converts a node.</summary>
    /// <param name="node">The node; null is JSON's null.</param>
    /// <param name="asDictionary">
    /// Whether objects become ordered dictionaries. Those whose names a PSCustomObject cannot hold - empty, or different by case alone - always do.
    /// </param>
    internal static object? From(JsonNode? node, bool asDictionary)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray array:
                return array.Select(n => From(n, asDictionary)).ToArray();
            case JsonObject item:
                return asDictionary || !IsPlain(item) ? Dictionary(item, asDictionary) : Custom(item);
        }

        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(node.ToJsonString()),
            JsonValueKind.String => node.GetValue<string>(),
            _ => null,
        };
    }

    private static bool IsPlain(JsonObject item)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        return item.All(p => p.Key.Length > 0 && names.Add(p.Key));
    }

    private static PSObject Custom(JsonObject item)
    {
        PSObject made = PSObjects.New(item.Count);
        foreach ((string name, JsonNode? value) in item)
        {
            made.Properties.Add(new PSNoteProperty(name, From(value, asDictionary: false)), preValidated: true);
        }

        return made;
    }

    private static OrderedDictionary Dictionary(JsonObject item, bool asDictionary)
    {
        OrderedDictionary made = new(item.Count, IsPlain(item) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach ((string name, JsonNode? value) in item)
        {
            made.Add(name, From(value, asDictionary));
        }

        return made;
    }

    /// <summary>A whole number is a long where it fits, a fraction a decimal where that is exact; an exponent makes a double.</summary>
    private static object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger large))
        {
            return large;
        }

        const NumberStyles Fraction = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return text.Count(char.IsAsciiDigit) <= 28 && decimal.TryParse(text, Fraction, CultureInfo.InvariantCulture, out decimal exact)
            ? exact
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
