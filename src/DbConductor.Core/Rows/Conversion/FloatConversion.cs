using System.Globalization;
using System.Numerics;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class FloatConversion
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    internal static bool ToDouble(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case double:
                return Done(value, out converted, out problem);
            case string text:
                return text.Length == 0
                    ? Done(null, out converted, out problem)
                    : TryParse(text, out double parsed, out problem) ? Done(parsed, out converted, out problem) : Fail(problem!, out converted, out problem);
            case int or short or byte or sbyte or ushort or uint:
                return Done(System.Convert.ToDouble(value, CultureInfo.InvariantCulture), out converted, out problem);
            case float x:
                return Done((double)x, out converted, out problem);
            default:
                return TryExact(value, out double exact)
                    ? Done(exact, out converted, out problem)
                    : Inexact(ToDouble, value, "double", out converted, out problem);
        }
    }

    internal static bool ToSingle(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case float:
                return Done(value, out converted, out problem);
            case string text:
                return text.Length == 0
                    ? Done(null, out converted, out problem)
                    : TryParse(text, out float parsed, out problem) ? Done(parsed, out converted, out problem) : Fail(problem!, out converted, out problem);
            case double x when (float)x == x || double.IsNaN(x):
                return Done((float)x, out converted, out problem);
            default:
                return TryExact(value, out double exact) && (float)exact == exact
                    ? Done((float)exact, out converted, out problem)
                    : Inexact(ToSingle, value, "float", out converted, out problem);
        }
    }

    /// <summary>Whether a whole number or a decimal is exactly a double, and which.</summary>
    private static bool TryExact(object value, out double exact)
    {
        switch (value)
        {
            case long x:
                exact = x;
                // long.MaxValue rounds up to 2^63, which as a long would be clamped to it again
                return exact < 9223372036854775808d && (long)exact == x;
            case int or short or byte or sbyte or ushort or uint:
                exact = System.Convert.ToDouble(value, CultureInfo.InvariantCulture);
                return true;
            case ulong or BigInteger:
                BigInteger whole = value is ulong u ? u : (BigInteger)value;
                exact = (double)whole;
                return double.IsFinite(exact) && (BigInteger)exact == whole;
            case decimal x:
                exact = (double)x;
                return DecimalConversion.TryExact(exact, out decimal back) && back == x;
            default:
                exact = 0;
                return false;
        }
    }

    private static bool Inexact(ValueConverter converter, object value, string type, out object? converted, out ConversionProblem? problem) =>
        value is long or int or short or byte or sbyte or ushort or uint or ulong or BigInteger or decimal or double
            ? Fail(ConversionProblem.Misfit(value, $"is not exactly a {type}"), out converted, out problem)
            : Retry(converter, value, type, out converted, out problem);

    private static bool TryParse<T>(string text, out T number, out ConversionProblem? problem)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        problem = null;
        // .NET's parsers take NUL characters at the end
        if (text[^1] == '\0' || !T.TryParse(text, Style, CultureInfo.InvariantCulture, out number))
        {
            number = default;
            problem = ConversionProblem.Text(text, "is not a number");
            return false;
        }

        string type = typeof(T) == typeof(double) ? "double" : "float";
        ReadOnlySpan<char> digits = text[0] is '+' or '-' ? text.AsSpan(1) : text;
        if (!char.IsAsciiDigit(digits[0]) && digits[0] != '.')
        {
            return true; // NaN, Infinity
        }

        if (T.IsInfinity(number) || (T.IsZero(number) && DigitText.TryRead(digits, out DigitText given) && !given.IsZero))
        {
            problem = IntegerConversion.OutOfRange(text, type);
            return false;
        }

        // 7 and 15 digits are exact in any case
        if (digits.Length > (typeof(T) == typeof(double) ? 15 : 7)
            && !digits.ContainsAnyExceptInRange('0', '9')
            && BigInteger.CreateChecked(T.Abs(number)) != BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture))
        {
            problem = ConversionProblem.Text(text, $"is a whole number that is not exactly a {type}");
            return false;
        }

        return true;
    }
}
