using System.Collections;
using System.Globalization;

namespace DbConductor.PowerShell;

/// <summary>Reads <c>-Option @{}</c>.</summary>
internal static class Options
{
    internal static Dictionary<string, string> ToText(IDictionary options)
    {
        Dictionary<string, string> read = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in options)
        {
            read[Text(entry.Key)] = Text(entry.Value);
        }

        return read;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
