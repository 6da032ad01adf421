using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using static DbConductor.ValueConversion;

namespace DbConductor;

/// <summary>bool, binary, guid, and the columns that hold anything.</summary>
internal static class ScalarConversion
{
    private static readonly SearchValues<char> GuidCharacters = SearchValues.Create("0123456789abcdefABCDEF-{}");

    internal static bool ToBoolean(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case bool:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                bool yes = text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase);
                return yes || text == "0" || text.Equals("false", StringComparison.OrdinalIgnoreCase)
                    ? Done(yes, out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is none of true, false, 1, 0"), out converted, out problem);
            case long or int or short or byte or sbyte or ushort or uint or ulong:
                decimal number = System.Convert.ToDecimal(value, CultureInfo.InvariantCulture);
                return number is 0 or 1
                    ? Done(number == 1, out converted, out problem)
                    : Fail(ConversionProblem.Misfit(value, "is neither 0 nor 1, which bool needs"), out converted, out problem);
            default:
                return Retry(ToBoolean, value, "bool", out converted, out problem);
        }
    }

    internal static bool ToGuid(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case Guid:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                // .NET's parser trims, and takes prefixes and signs inside
                return !text.AsSpan().ContainsAnyExcept(GuidCharacters)
                    && (Guid.TryParseExact(text, "D", out Guid guid) || Guid.TryParseExact(text, "N", out guid) || Guid.TryParseExact(text, "B", out guid))
                    ? Done(guid, out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is not a guid"), out converted, out problem);
            default:
                return Retry(ToGuid, value, "guid", out converted, out problem);
        }
    }

    internal static ValueConverter ToBinary(PortableType type)
    {
        if (type.Length is not { } length)
        {
            return ToBinary;
        }

        return (object value, out object? converted, out ConversionProblem? problem) =>
            ToBinary(value, out converted, out problem)
            && (converted is not byte[] bytes || bytes.Length <= length || Fail(TooLong(bytes, length), out converted, out problem));
    }

    internal static ConversionProblem TooLong(byte[] value, int length) =>
        ConversionProblem.Misfit(value, string.Create(CultureInfo.InvariantCulture, $"is longer than binary({length})"));

    /// <summary>The value as its portable type, for a column whose values differ in type.</summary>
    internal static bool ToPortable(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case string:
                return TextConversion.ToText(value, out converted, out problem);
            case ulong or BigInteger:
                return DecimalConversion.ToDecimal(value, out converted, out problem);
            case JsonNode or JsonDocument or JsonElement { ValueKind: JsonValueKind.Object or JsonValueKind.Array }:
                return JsonConversion.ToJson(value, out converted, out problem);
            case Enum:
                return ToPortable(Unwrap(value)!, out converted, out problem);
            default:
                PortableType type = PortableType.FromClr(value.GetType());
                return type.Kind == PortableKind.Object
                    ? JsonConversion.ToJson(value, out converted, out problem)
                    : For(type)(value, out converted, out problem);
        }
    }

    private static bool ToBinary(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case byte[]:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                return TryHex(text, out byte[]? bytes)
                    ? Done(bytes, out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is not binary, which is written 0x and pairs of hexadecimal digits"), out converted, out problem);
            case ReadOnlyMemory<byte> x:
                return Done(x.ToArray(), out converted, out problem);
            default:
                return Retry(ToBinary, value, "binary", out converted, out problem);
        }
    }

    private static bool TryHex(string text, out byte[]? bytes)
    {
        bytes = null;
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0)
        {
            return false;
        }

        foreach (char c in text.AsSpan(2))
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        bytes = System.Convert.FromHexString(text.AsSpan(2));
        return true;
    }
}
