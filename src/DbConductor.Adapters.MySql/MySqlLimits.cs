using System.Globalization;
using System.Text.Json.Nodes;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// Values that fit their column's portable type and that its native type would change or refuse: the server rounds, pads, or takes for something else,
/// also in strict mode. What it refuses by itself is left to it.
/// </summary>
internal sealed class MySqlLimits(bool isMariaDb)
{
    public const string NotFinite = "MySQL has neither NaN nor infinity. Replace it, or store the column as text.";
    public const string HalfCharacter = "the text has half a surrogate pair, which is no character. Repair it.";
    public const string TooLong = "a time reaches from -838:59:59 to 838:59:59 only. Store the column as a number or as text.";

    private static readonly TimeSpan BeyondLongest = new(34, 23, 0, 0);

    private readonly JsonLimits _json = new(isMariaDb);

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
        short year when IsYear(column) => BadYear(year),
        byte[] bytes => Pads(column, bytes.Length),
        string text => NoMember(column, text) ?? (HasHalfCharacter(text) ? HalfCharacter : null),
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
    public static string? Rounds(Column column, double value) => MySqlTypes.Digits(column.NativeType ?? "") is not [_, var scale]
        || (Math.Abs(value) < 1e27 && decimal.Round((decimal)value, Math.Min(scale, 28)) == (decimal)value)
        ? null
        : $"the number has more digits than {column.NativeType} keeps. Round it before it is saved.";

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
