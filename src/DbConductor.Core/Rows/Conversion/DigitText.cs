using System.Globalization;

namespace DbConductor;

/// <summary>A number in text as its significant digits and the power of ten of the last one, to tell whether a parsed value is exactly what was written.</summary>
internal readonly struct DigitText : IEquatable<DigitText>
{
    private readonly string _digits;
    private readonly long _exponent;

    private DigitText(string digits, long exponent)
    {
        _digits = digits;
        _exponent = exponent;
    }

    /// <summary>Whether it is zero, however written.</summary>
    internal bool IsZero => _digits.Length == 0;

    /// <summary>Reads an optional sign (not kept), digits with at most one point, and an optional exponent.</summary>
    internal static bool TryRead(ReadOnlySpan<char> text, out DigitText number)
    {
        number = default;
        long exponent = 0;
        int e = text.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            ReadOnlySpan<char> power = text[(e + 1)..];
            if (!IsDigits(power.Length > 0 && power[0] is '+' or '-' ? power[1..] : power))
            {
                return false;
            }

            // an exponent beyond 18 digits is far out of any range; which one it is does not matter
            exponent = long.TryParse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long read) ? read : long.MaxValue / 2;
            text = text[..e];
        }

        text = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<char> fraction = point < 0 ? default : text[(point + 1)..];
        string digits = string.Concat(whole, fraction);
        if (!IsDigits(digits))
        {
            return false;
        }

        exponent -= fraction.Length;
        string significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length;
        significant = significant.TrimStart('0');
        number = new(significant, significant.Length == 0 ? 0 : exponent);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(DigitText other) => _exponent == other._exponent && string.Equals(_digits, other._digits, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DigitText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_digits, _exponent);

    /// <summary>Digits and power of ten, the same for every way of writing the same number.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_digits}e{_exponent}");

    private static bool IsDigits(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
