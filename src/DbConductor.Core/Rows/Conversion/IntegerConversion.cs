using System.Globalization;
using System.Numerics;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class IntegerConversion
{
    internal static bool ToInt16(object value, out object? converted, out ConversionProblem? problem)
    {
        if (value is short)
        {
            return Done(value, out converted, out problem);
        }

        return TryInteger(value, short.MinValue, short.MaxValue, "short", out long? number, out problem)
            ? Done((short?)number, out converted, out problem)
            : Retry(problem, ToInt16, value, "short", out converted, out problem);
    }

    internal static bool ToInt32(object value, out object? converted, out ConversionProblem? problem)
    {
        if (value is int)
        {
            return Done(value, out converted, out problem);
        }

        return TryInteger(value, int.MinValue, int.MaxValue, "int", out long? number, out problem)
            ? Done((int?)number, out converted, out problem)
            : Retry(problem, ToInt32, value, "int", out converted, out problem);
    }

    internal static bool ToInt64(object value, out object? converted, out ConversionProblem? problem)
    {
        if (value is long)
        {
            return Done(value, out converted, out problem);
        }

        return TryInteger(value, long.MinValue, long.MaxValue, "long", out long? number, out problem)
            ? Done(number, out converted, out problem)
            : Retry(problem, ToInt64, value, "long", out converted, out problem);
    }

    /// <summary>The problem of a whole number that the type cannot hold.</summary>
    internal static ConversionProblem OutOfRange(object value, string type) =>
        value is string text ? ConversionProblem.Text(text, $"is outside the range of {type}") : ConversionProblem.Misfit(value, $"is outside the range of {type}");

    private static bool Retry(ConversionProblem? known, ValueConverter converter, object value, string target, out object? converted, out ConversionProblem? problem) =>
        known is null ? ValueConversion.Retry(converter, value, target, out converted, out problem) : Fail(known, out converted, out problem);

    /// <returns>False with a problem where the value does not fit, false without one where its type is not known here.</returns>
    private static bool TryInteger(object value, long min, long max, string type, out long? number, out ConversionProblem? problem)
    {
        number = null;
        problem = null;
        switch (value)
        {
            case int x:
                number = x;
                break;
            case long x:
                number = x;
                break;
            case string text:
                return text.Length == 0 || TryParse(text, min, max, type, out number, out problem);
            case short x:
                number = x;
                break;
            case byte x:
                number = x;
                break;
            case sbyte x:
                number = x;
                break;
            case ushort x:
                number = x;
                break;
            case uint x:
                number = x;
                break;
            case bool x:
                number = x ? 1 : 0;
                break;
            case ulong x:
                number = x <= long.MaxValue ? (long)x : null;
                break;
            case BigInteger x:
                number = x >= long.MinValue && x <= long.MaxValue ? (long)x : null;
                break;
            case decimal x when decimal.Truncate(x) == x:
                number = x is >= long.MinValue and <= long.MaxValue ? (long)x : null;
                break;
            case double x when Math.Truncate(x) == x:
                // 2^63 itself is a double, long.MaxValue is not: hence the strict upper bound
                number = x is >= -9223372036854775808d and < 9223372036854775808d ? (long)x : null;
                break;
            case float x when MathF.Truncate(x) == x:
                number = x is >= -9223372036854775808f and < 9223372036854775808f ? (long)x : null;
                break;
            case decimal or double or float:
                problem = ConversionProblem.Misfit(value, $"is not a whole number, which {type} needs");
                return false;
            default:
                return false;
        }

        if (number >= min && number <= max)
        {
            return true;
        }

        problem = OutOfRange(value, type);
        return false;
    }

    private static bool TryParse(string text, long min, long max, string type, out long? number, out ConversionProblem? problem)
    {
        problem = null;
        number = null;
        // .NET's parsers take NUL characters at the end
        if (text[^1] != '\0' && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed))
        {
            number = parsed;
            if (parsed >= min && parsed <= max)
            {
                return true;
            }
        }

        problem = IsWholeNumber(text) ? OutOfRange(text, type) : ConversionProblem.Text(text, "is not a whole number");
        return false;
    }

    private static bool IsWholeNumber(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> digits = text[0] is '+' or '-' ? text[1..] : text;
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
