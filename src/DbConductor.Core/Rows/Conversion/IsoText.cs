namespace DbConductor;

/// <summary>
/// Reads ISO 8601 dates and times in the extended format. .NET's own parsers depend on cultures, allow more, and cut what is below 100 nanoseconds.
/// </summary>
internal static class IsoText
{
    /// <summary><c>yyyy-MM-dd</c>.</summary>
    internal static bool TryDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryNumber(text[..4], out int year) || !TryNumber(text[5..7], out int month) || !TryNumber(text[8..], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new(year, month, day);
        return true;
    }

    /// <summary><c>HH:mm[:ss[.fffffff]]</c>; digits beyond the seventh must be zero.</summary>
    internal static bool TryTime(ReadOnlySpan<char> text, out TimeOnly time)
    {
        time = default;
        if (text.Length < 5 || text[2] != ':' || !TryNumber(text[..2], out int hour) || !TryNumber(text[3..5], out int minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        int second = 0;
        long fraction = 0;
        if (text.Length > 5 && (text.Length < 8 || text[5] != ':' || !TryNumber(text[6..8], out second) || second > 59))
        {
            return false;
        }

        if (text.Length > 8 && (text[8] != '.' || !TryFraction(text[9..], out fraction)))
        {
            return false;
        }

        time = new((((hour * 60L) + minute) * 60 + second) * TimeSpan.TicksPerSecond + fraction);
        return true;
    }

    /// <summary>A date, or a date and a time with <c>T</c> or a blank between them, the latter with an optional <c>Z</c> or offset.</summary>
    internal static bool TryDateTime(ReadOnlySpan<char> text, out DateTime local, out TimeSpan? offset)
    {
        local = default;
        offset = null;
        if (text.Length < 10 || !TryDate(text[..10], out DateOnly date))
        {
            return false;
        }

        TimeOnly time = default;
        if (text.Length > 10)
        {
            if (text[10] is not ('T' or 't' or ' '))
            {
                return false;
            }

            ReadOnlySpan<char> rest = text[11..];
            int end = rest.IndexOfAny("Zz+-");
            if (!TryTime(end < 0 ? rest : rest[..end], out time) || (end >= 0 && !TryOffset(rest[end..], out offset)))
            {
                return false;
            }
        }

        local = date.ToDateTime(time);
        return true;
    }

    /// <summary><c>P[nW][nD][T[nH][nM][n.nS]]</c> with an optional minus before it; years and months have no fixed length and are refused.</summary>
    internal static bool TryDuration(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        bool negative = text.Length > 0 && text[0] == '-';
        text = negative ? text[1..] : text;
        if (text.Length < 3 || text[0] != 'P' || !char.IsAsciiLetterUpper(text[^1]) || text[^1] == 'T')
        {
            return false;
        }

        Int128 ticks = 0;
        string units = "WDHMS";
        int next = 0;
        bool time = false;
        text = text[1..];
        while (text.Length > 0)
        {
            if (text[0] == 'T' && !time)
            {
                time = true;
                next = Math.Max(next, 2);
                text = text[1..];
                continue;
            }

            int end = text.IndexOfAnyExceptInRange('.', '9');
            int unit = end > 0 ? units.IndexOf(text[end], next) : -1;
            if (unit < 0 || unit >= 2 != time || !TryAmount(text[..end], unit == 4, out long whole, out long fraction))
            {
                return false;
            }

            ticks += ((Int128)whole * TicksPer(unit)) + fraction;
            next = unit + 1;
            text = text[(end + 1)..];
        }

        ticks = negative ? -ticks : ticks;
        if (ticks < long.MinValue || ticks > long.MaxValue)
        {
            return false;
        }

        duration = new((long)ticks);
        return true;
    }

    private static long TicksPer(int unit) => unit switch
    {
        0 => 7 * TimeSpan.TicksPerDay,
        1 => TimeSpan.TicksPerDay,
        2 => TimeSpan.TicksPerHour,
        3 => TimeSpan.TicksPerMinute,
        _ => TimeSpan.TicksPerSecond,
    };

    private static bool TryAmount(ReadOnlySpan<char> text, bool mayHaveFraction, out long whole, out long fraction)
    {
        fraction = 0;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> digits = point < 0 ? text : text[..point];
        return long.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out whole)
            && (point < 0 || (mayHaveFraction && TryFraction(text[(point + 1)..], out fraction)));
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan? offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z" or "z")
        {
            return true;
        }

        ReadOnlySpan<char> digits = text[1..];
        int minutes = 0;
        bool read = TryNumber(digits[..Math.Min(2, digits.Length)], out int hours) && digits.Length switch
        {
            2 => true,
            4 => TryNumber(digits[2..], out minutes),
            5 => digits[2] == ':' && TryNumber(digits[3..], out minutes),
            _ => false,
        };
        // 14 hours is the greatest offset there is, and the greatest that DateTimeOffset takes
        if (!read || minutes > 59 || (hours * 60) + minutes > 14 * 60)
        {
            return false;
        }

        offset = TimeSpan.FromMinutes((text[0] == '-' ? -1 : 1) * ((hours * 60) + minutes));
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<char> digits, out long ticks)
    {
        ticks = 0;
        if (digits.Length == 0)
        {
            return false;
        }

        long unit = TimeSpan.TicksPerSecond / 10;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c) || (unit == 0 && c != '0'))
            {
                return false;
            }

            ticks += (c - '0') * unit;
            unit /= 10;
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return digits.Length > 0;
    }
}
