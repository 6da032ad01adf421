using System.Globalization;

namespace DbConductor.Files;

/// <summary>Reads a JSON number that is no 64-bit integer without losing a digit.</summary>
internal static class JsonNumber
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // the most that a double writes
    private const int DigitsOfDouble = 17;

    /// <summary>
    /// As the kind that is wanted. Otherwise a decimal, or with an exponent a double; the text itself where that would lose digits, so that whoever needs them finds them.
    /// </summary>
    internal static object Read(string text, PortableKind kind)
    {
        if (kind is PortableKind.Double or PortableKind.Single or PortableKind.Decimal)
        {
            // the conversions take the double nearest to a text, and refuse a decimal that is not exact
            return text;
        }

        int exponent = text.AsSpan().IndexOfAny('e', 'E');
        if (exponent < 0)
        {
            return DecimalConversion.TryParse(text, out decimal exact, out _) ? exact : text;
        }

        string digits = text[..exponent];
        return digits.Count(char.IsAsciiDigit) <= DigitsOfDouble
            && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double real)
            && double.IsFinite(real)
            && (real != 0 || digits.AsSpan().IndexOfAnyInRange('1', '9') < 0)
            ? real : text;
    }
}
