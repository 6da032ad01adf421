using System.Globalization;
using static DbConductor.ValueConversion;

namespace DbConductor;

internal static class TemporalConversion
{
    internal static bool ToDate(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case DateOnly:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                if (IsoText.TryDate(text, out DateOnly date))
                {
                    return Done(date, out converted, out problem);
                }

                return IsoText.TryDateTime(text, out DateTime local, out TimeSpan? offset) && offset is null && local.TimeOfDay == default
                    ? Done(DateOnly.FromDateTime(local), out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is not a date (yyyy-MM-dd)"), out converted, out problem);
            case DateTime x:
                return x.TimeOfDay == default
                    ? Done(DateOnly.FromDateTime(x), out converted, out problem)
                    : Fail(ConversionProblem.Misfit(value, "has a time of day, which date cannot hold"), out converted, out problem);
            default:
                return Retry(ToDate, value, "a date", out converted, out problem);
        }
    }

    internal static bool ToTime(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case TimeOnly:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                return IsoText.TryTime(text, out TimeOnly time)
                    ? Done(time, out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is not a time of day (HH:mm:ss.fffffff)"), out converted, out problem);
            case TimeSpan x:
                return x.Ticks is >= 0 and < TimeSpan.TicksPerDay
                    ? Done(TimeOnly.FromTimeSpan(x), out converted, out problem)
                    : Fail(ConversionProblem.Misfit(value, "is not within a day, as a time of day is"), out converted, out problem);
            default:
                return Retry(ToTime, value, "a time of day", out converted, out problem);
        }
    }

    internal static bool ToDateTime(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case DateTime:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                if (!IsoText.TryDateTime(text, out DateTime local, out TimeSpan? offset))
                {
                    return Fail(NotDateTime(text), out converted, out problem);
                }

                return offset is not { } known
                    ? Done(local, out converted, out problem)
                    : IsInRange(local, known)
                        ? Done(new DateTime(local.Ticks - known.Ticks, DateTimeKind.Utc), out converted, out problem)
                        : Fail(ConversionProblem.Text(text, "is outside the range of datetime"), out converted, out problem);
            case DateOnly x:
                return Done(x.ToDateTime(default), out converted, out problem);
            case DateTimeOffset x:
                return Done(x.UtcDateTime, out converted, out problem);
            default:
                return Retry(ToDateTime, value, "a datetime", out converted, out problem);
        }
    }

    internal static bool ToDateTimeOffset(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case DateTimeOffset:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                if (!IsoText.TryDateTime(text, out DateTime local, out TimeSpan? offset))
                {
                    return Fail(NotDateTime(text), out converted, out problem);
                }

                return offset is not { } known
                    ? Fail(NoOffset(ConversionProblem.Describe(text)), out converted, out problem)
                    : IsInRange(local, known)
                        ? Done(new DateTimeOffset(local, known), out converted, out problem)
                        : Fail(ConversionProblem.Text(text, "is outside the range of datetimeoffset"), out converted, out problem);
            case DateTime { Kind: DateTimeKind.Unspecified }:
                return Fail(NoOffset(ConversionProblem.Describe(value)), out converted, out problem);
            case DateTime x:
                // where the local offset would leave the range of years, .NET clamps instead of failing
                TimeSpan zone = x.Kind == DateTimeKind.Utc ? TimeSpan.Zero : TimeZoneInfo.Local.GetUtcOffset(x);
                return IsInRange(x, zone)
                    ? Done(new DateTimeOffset(DateTime.SpecifyKind(x, DateTimeKind.Unspecified), zone), out converted, out problem)
                    : Fail(ConversionProblem.Misfit(value, "is outside the range of datetimeoffset"), out converted, out problem);
            default:
                return Retry(ToDateTimeOffset, value, "a datetimeoffset", out converted, out problem);
        }
    }

    internal static bool ToTimeSpan(object value, out object? converted, out ConversionProblem? problem)
    {
        switch (value)
        {
            case TimeSpan:
                return Done(value, out converted, out problem);
            case "":
                return Done(null, out converted, out problem);
            case string text:
                return TryTimeSpan(text, out TimeSpan span)
                    ? Done(span, out converted, out problem)
                    : Fail(ConversionProblem.Text(text, "is not a duration ([-][d.]hh:mm:ss[.fffffff], or ISO 8601 without years and months)"), out converted, out problem);
            case TimeOnly x:
                return Done(x.ToTimeSpan(), out converted, out problem);
            default:
                return Retry(ToTimeSpan, value, "a duration", out converted, out problem);
        }
    }

    private static bool TryTimeSpan(string text, out TimeSpan span)
    {
        // format "c" would also take blanks around the text, and a lone number as days
        if (char.IsAsciiDigit(text[^1]) && (text[0] == '-' || char.IsAsciiDigit(text[0])) && text.AsSpan().Count(':') == 2)
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out span);
        }

        return IsoText.TryDuration(text, out span);
    }

    private static bool IsInRange(DateTime local, TimeSpan offset) =>
        local.Ticks - offset.Ticks is var utc && utc >= DateTime.MinValue.Ticks && utc <= DateTime.MaxValue.Ticks;

    private static ConversionProblem NotDateTime(string text) =>
        ConversionProblem.Text(text, "is not a date and time (ISO 8601: yyyy-MM-ddTHH:mm:ss.fffffff, then Z or an offset if it has one)");

    private static ConversionProblem NoOffset(string what) => new(
        DbErrorKind.InvalidData,
        $"{what} has no offset from UTC, so that it is not known which instant it means",
        "Give the value an offset or the kind Utc or Local, or declare the column as datetime.");
}
