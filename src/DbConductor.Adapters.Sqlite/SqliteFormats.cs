using System.Globalization;
using System.Text.Json.Nodes;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// How values that SQLite has no storage class for are stored. Texts of dates sort as the dates do: their fraction is only as long as it needs to be,
/// and an offset is always <c>+00:00</c>, whose first character sorts before the fraction's point.
/// </summary>
internal static class SqliteFormats
{
    private const string DateFormat = "yyyy-MM-dd";
    private const string TimeFormat = "HH:mm:ss.FFFFFFF";
    private const string DateTimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    /// <summary>The value as one of <see cref="long"/>, <see cref="double"/>, <see cref="string"/> and an array of <see cref="byte"/>.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: NaN, which SQLite would turn into null.</exception>
    public static object ToStorage(object value) => value switch
    {
        bool b => b ? 1L : 0L,
        short or int or long or byte or sbyte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong u => u <= long.MaxValue ? (long)u : u.ToString(CultureInfo.InvariantCulture),
        float f => Number(f),
        double d => Number(d),
        decimal m => m.ToString(CultureInfo.InvariantCulture),
        string or byte[] => value,
        char c => c.ToString(),
        DateOnly date => date.ToString(DateFormat, CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString(TimeFormat, CultureInfo.InvariantCulture),
        DateTime time => time.ToString(DateTimeFormat, CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString(DateTimeFormat, CultureInfo.InvariantCulture) + "+00:00",
        TimeSpan span => span.Ticks,
        Guid guid => guid.ToString("D"),
        JsonNode json => json.ToJsonString(),
        _ => throw new DbConductorException(
            DbErrorKind.InvalidType, $"SQLite cannot hold a value of type {value.GetType().Name}. Convert it to text or a number first."),
    };

    public static DateOnly ParseDate(string text) => DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture);

    public static TimeOnly ParseTime(string text) => TimeOnly.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture);

    public static DateTime ParseDateTime(string text)
    {
        if (DateTime.TryParseExact(text, DateTimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time))
        {
            return time;
        }

        // what others wrote: any ISO 8601 text; a time with an offset is given in UTC, as everywhere
        return DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset offset)
            ? offset.UtcDateTime
            : DateTime.ParseExact(text, ["yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", DateFormat], CultureInfo.InvariantCulture);
    }

    public static DateTimeOffset ParseDateTimeOffset(string text) => DateTimeOffset.ParseExact(
        text, ["yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static decimal ParseDecimal(string text) =>
        decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static object Number(double value) => double.IsNaN(value)
        ? throw new DbConductorException(
            DbErrorKind.InvalidData, "SQLite has no NaN and would store null instead. Replace it, or store the column as text (-ColumnType string).")
        : value;
}
