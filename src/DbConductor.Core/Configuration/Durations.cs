using System.Globalization;

namespace DbConductor;

/// <summary>Durations as operators write them, in parameters and in profiles alike.</summary>
public static class Durations
{
    private const string Remedy = "write '30s', '15m', '12h', '7d', a whole number of seconds, or hh:mm:ss";

    /// <summary>Reads <c>30s</c>, <c>15m</c>, <c>12h</c>, <c>7d</c>, <c>500ms</c>, <c>00:00:30</c>, or a whole number of seconds.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidArgument"/>. A bare decimal is refused: it is what PowerShell makes of an unquoted <c>7d</c>.
    /// </exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        string unit = trimmed[digits..].TrimStart().ToLowerInvariant();
        if (decimal.TryParse(trimmed.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && TicksPer(unit, number) is { } ticksPer)
        {
            return number * ticksPer <= long.MaxValue ? TimeSpan.FromTicks((long)(number * ticksPer)) : throw Refuse(text, "is too long");
        }

        if (unit.Length > 0 && trimmed.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out TimeSpan time) && time >= TimeSpan.Zero)
        {
            return time;
        }

        throw Refuse(text, unit.Length == 0 && digits > 0 ? "has no unit" : "is no duration");
    }

    /// <summary>The shortest form that <see cref="Parse"/> reads back.</summary>
    public static string Format(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / TimeSpan.TicksPerSecond}s")
        : duration.ToString("c", CultureInfo.InvariantCulture);

    private static long? TicksPer(string unit, decimal number) => unit switch
    {
        "" when decimal.IsInteger(number) && number.Scale == 0 => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "d" => TimeSpan.TicksPerDay,
        _ => null,
    };

    private static DbConductorException Refuse(string text, string why) => new(DbErrorKind.InvalidArgument, $"'{text}' {why}: {Remedy}.");
}
