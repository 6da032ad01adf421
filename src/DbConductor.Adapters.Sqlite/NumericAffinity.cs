using System.Globalization;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// What becomes of text in a column whose declared type has NUMERIC affinity, such as somebody else's <c>DECIMAL(30,10)</c>: SQLite makes a number of it
/// where it reads as one, a floating-point number where 64 bits of integer do not do, and says nothing (https://www.sqlite.org/datatype3.html, section 3).
/// </summary>
internal static class NumericAffinity
{
    private const string Remedy = "the column's declared type is numeric to SQLite, which would keep only about 15 digits of this number. "
        + "Round it, or let the column be text (New-DbTable, or -CreateTable with -ColumnType).";

    // what SQLite skips around a number: sqlite3Isspace
    private static readonly char[] s_blanks = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>Whether the column's declared type has this affinity. A column without a declared type has none.</summary>
    public static bool Has(Column column) => column.Type.Kind == PortableKind.Object && !string.IsNullOrWhiteSpace(column.NativeType);

    /// <summary>Why the column cannot hold what is stored for a value; null where it can.</summary>
    /// <param name="stored">A value of <see cref="SqliteFormats.ToStorage"/>.</param>
    public static string? Refusal(object stored) => stored is string text && !Survives(text) ? Remedy : null;

    private static bool Survives(string text)
    {
        string number = text.Trim(s_blanks);
        if (number.Length == 0 || !number.Any(char.IsAsciiDigit) || long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return true;
        }

        return !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            || (double.IsFinite(value) && Digits(number) == Digits(value.ToString("R", CultureInfo.InvariantCulture)));
    }

    // the significant digits, and the power of ten of the last one: the same for every way to write a number
    private static (string Digits, long Power) Digits(string number)
    {
        int e = number.IndexOfAny(['e', 'E']);
        string mantissa = (e < 0 ? number : number[..e]).TrimStart('+', '-');
        // an exponent beyond a long is one of no double: no power is as wrong as that
        long power = e >= 0 && long.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long given) ? given : 0;
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            power -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        mantissa = mantissa.TrimStart('0');
        string digits = mantissa.TrimEnd('0');
        return digits.Length == 0 ? ("", 0) : (digits, power + mantissa.Length - digits.Length);
    }
}
