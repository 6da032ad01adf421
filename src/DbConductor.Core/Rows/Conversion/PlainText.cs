using System.Globalization;

namespace DbConductor;

/// <summary>
/// Reads the usual spelling of a value straight from characters, without a string or a box for each cell of a file. What is spelled in another way is left to
/// <see cref="ValueConversion"/>, which also says what is wrong with it; where both read a text, they agree.
/// </summary>
internal static class PlainText
{
    // as many digits as a long holds in any case
    private const int MostDigits = 18;

    // as many as a double tells apart in any case
    private const int MostDoubleDigits = 15;

    /// <summary>Whether texts of the type's values are read here.</summary>
    internal static bool Reads(PortableKind kind) => kind is PortableKind.Boolean or PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64
        or PortableKind.Decimal or PortableKind.Double or PortableKind.Date or PortableKind.Time or PortableKind.DateTime or PortableKind.DateTimeOffset;

    /// <summary>A whole number of digits alone, with a minus before it or none.</summary>
    internal static bool TryInt64(ReadOnlySpan<char> text, out long value) => TryNumber(text, out value, out int scale) && scale < 0;

    /// <summary>Digits, and maybe a point and more digits.</summary>
    internal static bool TryDecimal(ReadOnlySpan<char> text, out decimal value)
    {
        if (!TryNumber(text, out long digits, out int scale) || digits == 0)
        {
            // .NET's decimal keeps a zero's sign and digits: its own parser knows how
            value = default;
            return false;
        }

        ulong magnitude = (ulong)Math.Abs(digits);
        value = new((int)magnitude, (int)(magnitude >> 32), 0, digits < 0, (byte)Math.Max(scale, 0));
        return true;
    }

    /// <summary>Digits, and maybe a point and more digits, no more than a double tells apart.</summary>
    internal static bool TryDouble(ReadOnlySpan<char> text, out double value)
    {
        value = default;
        return text.Length <= MostDoubleDigits && TryNumber(text, out _, out _)
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>true</c>, <c>false</c>, <c>1</c> or <c>0</c>.</summary>
    internal static bool TryBoolean(ReadOnlySpan<char> text, out bool value)
    {
        value = text is "true" or "1" or "True";
        return value || text is "false" or "0" or "False";
    }

    /// <summary>A date and a time without an offset.</summary>
    internal static bool TryDateTime(ReadOnlySpan<char> text, out DateTime value) => IsoText.TryDateTime(text, out value, out TimeSpan? offset) && offset is null;

    /// <summary>A date, a time and an offset.</summary>
    internal static bool TryDateTimeOffset(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        if (!IsoText.TryDateTime(text, out DateTime local, out TimeSpan? offset) || offset is not { } known || local.Year is 1 or 9999)
        {
            return false;
        }

        value = new(local, known);
        return true;
    }

    /// <param name="text">The text.</param>
    /// <param name="digits">Its digits as one number, the point left out.</param>
    /// <param name="scale">How many stand behind the point; -1 where there is none.</param>
    private static bool TryNumber(ReadOnlySpan<char> text, out long digits, out int scale)
    {
        digits = 0;
        scale = -1;
        bool negative = text.Length > 0 && text[0] == '-';
        int first = negative ? 1 : 0;
        if (text.Length == first || text.Length - first > MostDigits)
        {
            return false;
        }

        for (int i = first; i < text.Length; i++)
        {
            int digit = text[i] - '0';
            if ((uint)digit <= 9)
            {
                digits = (digits * 10) + digit;
                scale += scale >= 0 ? 1 : 0;
            }
            else if (text[i] == '.' && scale < 0 && i > first && i + 1 < text.Length)
            {
                scale = 0;
            }
            else
            {
                return false;
            }
        }

        digits = negative ? -digits : digits;
        return true;
    }
}
