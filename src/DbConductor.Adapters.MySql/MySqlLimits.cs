using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// Values that fit their column's portable type and that its native type would change or refuse: the server rounds, pads, or takes for something else,
/// also in strict mode. What it refuses by itself is left to it.
/// </summary>
internal sealed class MySqlLimits(MySqlCapabilities server)
{
    public const string NotFinite = "MySQL has neither NaN nor infinity. Replace it, or store the column as text.";
    public const string HalfCharacter = "the text has half a surrogate pair, which is no character. Repair it.";
    public const string TooLong = "a time reaches from -838:59:59 to 838:59:59 only. Store the column as a number or as text.";

    public const string Negative = "a bit column takes no number below zero. Alter it to a whole number.";

    // https://dev.mysql.com/doc/refman/8.4/en/charset-we-sets.html: latin1 is Windows 1252
    private const string BeyondLatin1 =
        "\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178";

    private static readonly TimeSpan BeyondLongest = new(34, 23, 0, 0);

    private readonly JsonLimits _json = new(server);

    /// <summary>Why a column would not keep a value as it is, and the remedy; null where it does.</summary>
    public string? Refusal(Column column, object value) => value switch
    {
        double d => double.IsFinite(d) ? Rounds(column, d) : NotFinite,
        float f => float.IsFinite(f) ? Rounds(column, f) : NotFinite,
        TimeOnly time => TooFine(column, time.Ticks),
        DateTime time => TooFine(column, time.Ticks),
        DateTimeOffset time => TooFine(column, time.UtcTicks),
        TimeSpan span => IsTooLong(span) ? TooLong : TooFine(column, span.Ticks),
        JsonNode json => _json.Problem(json.ToJsonString()),
        long or decimal when IsNegativeBit(column, value) => Negative,
        short year when IsYear(column) => BadYear(year),
        byte[] bytes => Pads(column, bytes.Length),
        string text => NoMember(column, text) ?? CutBlanks(column, text) ?? NotInCharset(column, text) ?? (HasHalfCharacter(text) ? HalfCharacter : null),
        _ => null,
    };

    /// <summary>The text of a document, or why the column would not keep it.</summary>
    public string Json(JsonNode json, out string? why)
    {
        string text = json.ToJsonString();
        why = _json.Problem(text);
        return text;
    }

    public static bool IsTooLong(TimeSpan span) => span.Duration() >= BeyondLongest;

    /// <summary>The server rounds to the digits of a second that the type keeps.</summary>
    public static string? TooFine(Column column, long ticks) => TooFine(column, ticks, UnitOf(column));

    /// <inheritdoc cref="TooFine(Column, long)"/>
    public static string? TooFine(Column column, long ticks, long unit) => ticks % unit == 0
        ? null
        : $"the time has more digits of a second than {column.NativeType} keeps. Round it before it is saved.";

    /// <summary>Ticks of the finest time that a column keeps.</summary>
    public static long UnitOf(Column column) => (long)Math.Pow(10, 7 - MySqlTypes.FractionDigits(column.NativeType ?? ""));

    /// <summary>float(7,2) and double(7,2) round silently (https://dev.mysql.com/doc/refman/8.4/en/floating-point-types.html).</summary>
    public static string? Rounds(Column column, double value) => MySqlTypes.Digits(column.NativeType ?? "") is not [_, var scale] || Keeps(column, scale, value)
        ? null
        : $"the number has more digits than {column.NativeType} keeps. Round it before it is saved.";

    // a number of so many digits is seldom a binary fraction: it is kept where its own rounding is the same float or double again
    private static bool Keeps(Column column, int scale, double value)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool single = column.Type.Kind == PortableKind.Single;
        if (Math.Abs(value) >= 1e27)
        {
            return false;
        }

        decimal shortest = decimal.Parse(single ? ((float)value).ToString("R", culture) : value.ToString("R", culture), NumberStyles.Float, culture);
        string rounded = decimal.Round(shortest, Math.Min(scale, 28)).ToString(culture);
        return single ? float.Parse(rounded, culture).Equals((float)value) : double.Parse(rounded, culture).Equals(value);
    }

    public static bool IsYear(Column column) => MySqlTypes.NameOf(column.NativeType) == "year";

    /// <summary>A year of two digits would become one near 2000 (https://dev.mysql.com/doc/refman/8.4/en/year.html).</summary>
    public static string? BadYear(short year) => year is 0 or (>= 1901 and <= 2155)
        ? null
        : "a year reaches from 1901 to 2155 only, and 0. Store the column as smallint.";

    public static string? Pads(Column column, int length) => MySqlTypes.NameOf(column.NativeType) == "binary" && length < (column.Type.Length ?? 1)
        ? $"{column.NativeType} would fill the bytes up with zeros. Alter the column to varbinary, or fill them up before they are saved."
        : null;

    /// <summary>
    /// A text that is none of an enum's or set's members is taken for a member's number, and another case for the member's own
    /// (https://dev.mysql.com/doc/refman/8.4/en/enum.html, "Enumeration Literals"). A set keeps its members in its own order.
    /// </summary>
    public static string? NoMember(Column column, string text)
    {
        IReadOnlyList<string> members = MySqlTypes.Members(column.NativeType);
        bool isSet = members.Count > 0 && MySqlTypes.NameOf(column.NativeType) == "set";
        return members.Count == 0 || (isSet ? text.Length == 0 || text.Split(',').All(members.Contains) : members.Contains(text))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"the text is none of the values of {column.NativeType}, which are told apart by case here. Alter the column, or correct the text.");
    }

    public static bool IsNegativeBit(Column column, object value) =>
        MySqlTypes.NameOf(column.NativeType) == "bit" && value is long and < 0 or decimal and < 0;

    /// <summary>Blanks that are too many are cut without more than a note.</summary>
    public static string? CutBlanks(Column column, string text)
    {
        bool isCut = text.EndsWith(' ') && MySqlTypes.NameOf(column.NativeType) switch
        {
            "varchar" => text.EnumerateRunes().Count() > column.Type.Length,
            "tinytext" => Encoding.UTF8.GetByteCount(text) > 255,
            "text" => Encoding.UTF8.GetByteCount(text) > 65_535,
            "mediumtext" => Encoding.UTF8.GetByteCount(text) > 16_777_215,
            _ => false,
        };
        return isCut ? $"the text is longer than {column.NativeType} keeps. Shorten it, or alter the column." : null;
    }

    /// <summary>
    /// What the column's character set lacks: the server refuses it too, but without the row or the column where rows are inserted or updated.
    /// </summary>
    public static string? NotInCharset(Column column, string text)
    {
        string charset = column.Collation?.Split('_')[0] ?? "utf8mb4";
        bool fits = charset switch
        {
            "utf8" or "utf8mb3" => !text.Any(char.IsSurrogate),
            "ascii" => text.All(char.IsAscii),
            "latin1" => text.All(c => c < 0x100 || BeyondLatin1.Contains(c, StringComparison.Ordinal)),
            _ => true,
        };
        return fits ? null : $"the text has a character that the column's character set, {charset}, lacks. Alter the column to utf8mb4.";
    }

    private static bool HasHalfCharacter(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
