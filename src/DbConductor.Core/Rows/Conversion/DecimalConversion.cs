using System.Globalization;
using System.Numerics;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class DecimalConversion
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private static readonly BigInteger Greatest = (BigInteger)decimal.MaxValue;

    internal static ValueConverter To(PortableType type) => type.Precision is null ? ToDecimal : new Bounds(type).ToDecimal;

    /// <summary>What a decimal column with a precision takes; null where its type declares none.</summary>
    internal static Bounds? BoundsOf(PortableType type) => type is { Kind: PortableKind.Decimal, Precision: not null } ? new(type) : null;

    internal static bool ToDecimal(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case decimal:
                return Done(value, out converted, out problem);
            case string text:
                return text.Length == 0
                    ? Done(null, out converted, out problem)
                    : TryParse(text, out decimal parsed, out problem) ? Done(parsed, out converted, out problem) : Fail(problem!, out converted, out problem);
            case int x:
                return Done((decimal)x, out converted, out problem);
            case long x:
                return Done((decimal)x, out converted, out problem);
            case short or byte or sbyte or ushort or uint or ulong:
                return Done(System.Convert.ToDecimal(value, CultureInfo.InvariantCulture), out converted, out problem);
            case BigInteger x:
                return BigInteger.Abs(x) <= Greatest
                    ? Done((decimal)x, out converted, out problem)
                    : Fail(IntegerConversion.OutOfRange(value, "decimal"), out converted, out problem);
            case double x:
                return FromDouble(x, value, out converted, out problem);
            case float x:
                return FromDouble(x, value, out converted, out problem);
            default:
                return Retry(ToDecimal, value, "decimal", out converted, out problem);
        }
    }

    /// <summary>Reads a decimal and refuses what .NET would round: more digits than fit, or a value too small to be anything but zero.</summary>
    internal static bool TryParse(string text, out decimal number, out ConversionProblem? problem)
    {
        problem = null;
        if (text[^1] != '\0' && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out number))
        {
            if ((text.Length <= 28 && text.AsSpan().IndexOfAny('e', 'E') < 0) || IsExact(text, number))
            {
                return true;
            }

            problem = ConversionProblem.Text(text, "is a number with more digits than a decimal keeps");
            return false;
        }

        number = default;
        problem = DigitText.TryRead(text, out _)
            ? IntegerConversion.OutOfRange(text, "decimal")
            : ConversionProblem.Text(text, "is not a number");
        return false;
    }

    /// <summary>The decimal that is exactly equal to a double, if there is one.</summary>
    internal static bool TryExact(double value, out decimal number)
    {
        number = 0;
        if (!double.IsFinite(value))
        {
            return false;
        }

        if (value == 0)
        {
            return true;
        }

        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        mantissa = exponent == 0 ? mantissa : mantissa | 0x10000000000000;
        exponent = Math.Max(exponent, 1) - 1075;
        int shift = BitOperations.TrailingZeroCount(mantissa);
        mantissa >>= shift;
        exponent += shift;

        // m * 2^e: a whole number, or m * 5^-e with -e digits after the point
        if (exponent is > 96 or < -28)
        {
            return false;
        }

        BigInteger digits = exponent >= 0 ? (BigInteger)mantissa << exponent : mantissa * BigInteger.Pow(5, -exponent);
        if (digits > Greatest)
        {
            return false;
        }

        Span<int> parts = stackalloc int[4];
        _ = decimal.GetBits((decimal)digits, parts);
        number = new(parts[0], parts[1], parts[2], value < 0, (byte)Math.Max(0, -exponent));
        return true;
    }

    private static bool FromDouble(double x, object value, out object? converted, out ConversionProblem? problem)
    {
        if (TryExact(x, out decimal exact))
        {
            return Done(exact, out converted, out problem);
        }

        return Fail(
            ConversionProblem.Misfit(value, double.IsFinite(x) ? "is not exactly a decimal" : "is NaN or infinite, which decimal cannot hold"),
            out converted,
            out problem);
    }

    private static bool IsExact(string text, decimal number) =>
        DigitText.TryRead(text, out DigitText given)
        && DigitText.TryRead(number.ToString(CultureInfo.InvariantCulture), out DigitText kept)
        && given.Equals(kept);

    /// <summary>Precision and scale of a column.</summary>
    internal sealed class Bounds
    {
        private readonly int _scale;
        private readonly decimal? _limit;
        private readonly string _type;

        internal Bounds(PortableType type)
        {
            _type = type.ToString();
            _scale = type.Scale ?? 0;
            int whole = type.Precision!.Value - _scale;
            // a decimal has at most 29 digits before the point, so that wider columns take all
            _limit = whole < 29 ? (decimal)BigInteger.Pow(10, whole) : null;
        }

        internal bool Holds(decimal value) =>
            (value.Scale <= _scale || decimal.Round(value, _scale) == value) && (_limit is not { } limit || Math.Abs(value) < limit);

        internal ConversionProblem Problem(object value) => value is string text
            ? ConversionProblem.Text(text, $"has more digits than {_type} holds")
            : ConversionProblem.Misfit(value, $"has more digits than {_type} holds");

        internal bool ToDecimal(object value, out object? converted, out ConversionProblem? problem)
        {
            if (!DecimalConversion.ToDecimal(value, out converted, out problem))
            {
                return false;
            }

            return converted is null || Holds((decimal)converted) || Fail(Problem(value), out converted, out problem);
        }
    }
}
