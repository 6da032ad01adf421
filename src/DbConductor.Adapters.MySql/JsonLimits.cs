using System.Text;
using System.Text.Json;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// What a JSON column changes or refuses: a type of its own keeps numbers as 64-bit integers or doubles, a text keeps them as they are, and each nests so many levels deep.
/// </summary>
internal sealed class JsonLimits(MySqlCapabilities server)
{
    /// <summary>Why the column would not keep a document as it is, and the remedy; null where it does.</summary>
    public string? Problem(string text)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= server.JsonLevels)
            {
                return $"the JSON nests deeper than the {server.JsonLevels} levels that the server takes. Store the column as text.";
            }

            if (server.HasJsonType && reader.TokenType == JsonTokenType.Number && !reader.TryGetInt64(out _) && !reader.TryGetUInt64(out _) && !IsDouble(ref reader))
            {
                return "the JSON has a number of more digits than MySQL keeps in JSON, which has doubles only. Write it as a text within the JSON, or store the column as text.";
            }
        }

        return null;
    }

    private static bool IsDouble(ref Utf8JsonReader reader)
    {
        string number = Encoding.ASCII.GetString(reader.ValueSpan);
        double value = reader.GetDouble();
        return double.IsFinite(value) && Digits(number) == Digits(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The digits of a number without zeros at either end, and the place of the last one.</summary>
    private static (string Digits, long Exponent) Digits(string number)
    {
        string[] parts = number.TrimStart('-').Split('e', 'E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        string trimmed = digits.TrimEnd('0');
        long exponent = (parts.Length > 1 ? long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0)
            - (point < 0 ? 0 : parts[0].Length - point - 1) + digits.Length - trimmed.Length;
        trimmed = trimmed.TrimStart('0');
        return trimmed.Length == 0 ? ("", 0) : (trimmed, exponent);
    }
}
