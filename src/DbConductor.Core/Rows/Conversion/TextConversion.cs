using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class TextConversion
{
    internal static ValueConverter To(PortableType type)
    {
        if (type.Length is not { } length)
        {
            return ToText;
        }

        return (object value, out object? converted, out ConversionProblem? problem) =>
            ToText(value, out converted, out problem)
            && (Fits((string)converted!, length) || Fail(TooLong((string)converted!, length), out converted, out problem));
    }

    internal static bool ToText(object value, out object? converted, out ConversionProblem? problem)
    {
        if (value is string text)
        {
            return IsUnicode(text) ? Done(text, out converted, out problem) : Fail(NotUnicode(text), out converted, out problem);
        }

        if (Format(value) is { } formatted)
        {
            return Done(formatted, out converted, out problem);
        }

        return Retry(ToText, value, "text", out converted, out problem);
    }

    /// <summary>Whether the text has no half of a surrogate pair.</summary>
    internal static bool IsUnicode(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = text;
        int at;
        while ((at = rest.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0)
        {
            if (at + 1 >= rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1]))
            {
                return false;
            }

            rest = rest[(at + 2)..];
        }

        return true;
    }

    /// <summary>Whether the text has at most that many Unicode characters; a surrogate pair is one.</summary>
    internal static bool Fits(string text, int length)
    {
        if (text.Length <= length)
        {
            return true;
        }

        int pairs = 0;
        foreach (char c in text)
        {
            pairs += char.IsHighSurrogate(c) ? 1 : 0;
        }

        return text.Length - pairs <= length;
    }

    internal static ConversionProblem NotUnicode(string text) => ConversionProblem.Text(text, "has half a surrogate pair in it, which is no Unicode character");

    internal static ConversionProblem TooLong(string text, int length) =>
        ConversionProblem.Text(text, string.Create(CultureInfo.InvariantCulture, $"is longer than string({length})"));

    /// <summary>A scalar in the form that the other converters read back, the same in every culture; null for what is no scalar.</summary>
    internal static string? Format(object value) => value switch
    {
        bool x => x ? "true" : "false",
        byte[] x => "0x" + System.Convert.ToHexString(x),
        DateTime x => FormatDateTime(x),
        DateTimeOffset x => x.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DateOnly x => x.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly x => x.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeSpan x => x.ToString("c", CultureInfo.InvariantCulture),
        Guid x => x.ToString("D"),
        Enum x => x.ToString(),
        JsonObject or JsonArray => ((JsonNode)value).ToJsonString(),
        JsonDocument x => x.RootElement.GetRawText(),
        JsonElement { ValueKind: JsonValueKind.Object or JsonValueKind.Array } x => x.GetRawText(),
        sbyte or byte or short or ushort or int or uint or long or ulong or decimal or float or double or BigInteger =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    // "K" writes nothing, Z or this machine's offset, by the kind
    private static string FormatDateTime(DateTime x) => x.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);
}
