using Xunit;
using static DbConductor.Tests.Rows.ConversionFacts;

namespace DbConductor.Tests.Rows;

public sealed class TemporalConversionTests
{
    private static readonly DateTime Noon = new(2013, 1, 1, 12, 0, 0);

    public static TheoryData<object, string, object?> Fitting => new()
    {
        { "2013-01-01", "date", new DateOnly(2013, 1, 1) },
        { "0001-01-01", "date", DateOnly.MinValue },
        { "2013-01-01T00:00:00", "date", new DateOnly(2013, 1, 1) },
        { Noon.Date, "date", new DateOnly(2013, 1, 1) },
        { "", "date", null },
        { "05:07", "time", new TimeOnly(5, 7) },
        { "23:59:59.9999999", "time", TimeOnly.MaxValue },
        { "00:00:00.10000000000", "time", new TimeOnly(1_000_000) },
        { TimeSpan.FromHours(5), "time", new TimeOnly(5, 0) },
        { "", "time", null },
        { "2013-01-01", "datetime", new DateTime(2013, 1, 1) },
        { "2013-01-01T12:00", "datetime", Noon },
        { "2013-01-01 12:00:00", "datetime", Noon },
        { "2013-01-01t12:00:00.0000001", "datetime", Noon.AddTicks(1) },
        { "9999-12-31T23:59:59.9999999", "datetime", DateTime.MaxValue },
        { new DateOnly(2013, 1, 1), "datetime", new DateTime(2013, 1, 1) },
        { "", "datetime", null },
        { "2013-01-01T12:00:00Z", "datetimeoffset", new DateTimeOffset(Noon, TimeSpan.Zero) },
        { "2013-01-01 12:00:00+13:45", "datetimeoffset", new DateTimeOffset(Noon, new TimeSpan(13, 45, 0)) },
        { "2013-01-01T12:00:00-0330", "datetimeoffset", new DateTimeOffset(Noon, new TimeSpan(-3, -30, 0)) },
        { "2013-01-01T12:00:00+01", "datetimeoffset", new DateTimeOffset(Noon, TimeSpan.FromHours(1)) },
        { "2013-01-01T12:00:00-14:00", "datetimeoffset", new DateTimeOffset(Noon, TimeSpan.FromHours(-14)) },
        { "", "datetimeoffset", null },
        { "1.02:03:04.0000005", "timespan", new TimeSpan(1, 2, 3, 4).Add(TimeSpan.FromTicks(5)) },
        { "-00:00:01", "timespan", TimeSpan.FromSeconds(-1) },
        { "10675199.02:48:05.4775807", "timespan", TimeSpan.MaxValue },
        { "PT1H30M", "timespan", TimeSpan.FromMinutes(90) },
        { "P1DT0.5S", "timespan", new TimeSpan(1, 0, 0, 0, 500) },
        { "-P2W", "timespan", TimeSpan.FromDays(-14) },
        { "PT36H", "timespan", TimeSpan.FromHours(36) },
        { new TimeOnly(5, 7), "timespan", new TimeSpan(5, 7, 0) },
        { "", "timespan", null },
    };

    public static TheoryData<object, string> Misfits => new()
    {
        { "01/02/2013", "date" },
        { "2013-1-1", "date" },
        { "2013-02-29", "date" },
        { "2013-13-01", "date" },
        { "0000-01-01", "date" },
        { "20130101", "date" },
        { "2013-01-01 ", "date" },
        { "2013-01-01T05:00:00", "date" },
        { "2013-01-01T00:00:00Z", "date" },
        { "\u0662\u0660\u0661\u0663-01-01", "date" },
        { Noon, "date" },
        { "24:00", "time" },
        { "5:07", "time" },
        { "05:07 PM", "time" },
        { "23:59:60", "time" },
        { "05:07:", "time" },
        { "05:07:08.", "time" },
        { "05:07:08.12345678", "time" },
        { TimeSpan.FromHours(24), "time" },
        { TimeSpan.FromTicks(-1), "time" },
        { "2013-01-01T", "datetime" },
        { "2013-01-01  12:00", "datetime" },
        { "2013-01-01T12:00:00.12345678", "datetime" },
        { "Tue, 01 Jan 2013 12:00:00 GMT", "datetime" },
        { "1.1.2013 12:00", "datetime" },
        { "2013-01-01Z", "datetime" },
        { "0001-01-01T00:00:00+01:00", "datetime" },
        { "9999-12-31T23:59:59-00:01", "datetime" },
        { "2013-01-01T12:00:00", "datetimeoffset" },
        { "2013-01-01", "datetimeoffset" },
        { "2013-01-01T12:00:00+14:01", "datetimeoffset" },
        { "2013-01-01T12:00:00+1", "datetimeoffset" },
        { "2013-01-01T12:00:00+01:60", "datetimeoffset" },
        { "2013-01-01T12:00:00Z ", "datetimeoffset" },
        { "0001-01-01T00:00:00+01:00", "datetimeoffset" },
        { Noon, "datetimeoffset" },
        { "5", "timespan" },
        { "05:07", "timespan" },
        { " 05:07:00", "timespan" },
        { "00:00:00.12345678", "timespan" },
        { "10675199.02:48:05.4775808", "timespan" },
        { "P1Y", "timespan" },
        { "P1M", "timespan" },
        { "PT", "timespan" },
        { "P", "timespan" },
        { "P1DT", "timespan" },
        { "PT1M1H", "timespan" },
        { "PT1.5H", "timespan" },
        { "P1H", "timespan" },
        { "P99999999999D", "timespan" },
        { "7 days", "timespan" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public void Iso_text_and_kindred_types_are_taken(object value, string type, object? expected)
    {
        Converts(value, type, expected);
        using CultureScope arabic = new("ar-SA");
        Converts(value, type, expected);
    }

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Anything_else_is_refused(object value, string type)
    {
        Refuses(value, type);
        using CultureScope german = new("de-DE");
        Refuses(value, type);
    }

    [Fact]
    public void A_datetime_column_gets_the_utc_time_of_what_has_an_offset()
    {
        foreach (object value in new object[] { "2013-01-01T14:00:00+02:00", "2013-01-01T12:00:00Z", new DateTimeOffset(2013, 1, 1, 14, 0, 0, TimeSpan.FromHours(2)) })
        {
            Assert.True(ValueConversion.TryConvert(value, PortableType.Parse("datetime"), out object? converted, out _));
            Assert.Equal(Noon, converted);
            Assert.Equal(DateTimeKind.Utc, ((DateTime)converted!).Kind);
        }

        Assert.True(ValueConversion.TryConvert("2013-01-01T12:00:00", PortableType.Parse("datetime"), out object? plain, out _));
        Assert.Equal(DateTimeKind.Unspecified, ((DateTime)plain!).Kind);
    }

    [Fact]
    public void A_datetime_keeps_its_kind_in_a_datetime_column()
    {
        foreach (DateTimeKind kind in Enum.GetValues<DateTimeKind>())
        {
            Assert.True(ValueConversion.TryConvert(DateTime.SpecifyKind(Noon, kind), PortableType.Parse("datetime"), out object? converted, out _));
            Assert.Equal(kind, ((DateTime)converted!).Kind);
        }
    }

    [Fact]
    public void A_datetimeoffset_column_takes_utc_and_local_times_and_refuses_the_unspecified()
    {
        DateTime local = DateTime.SpecifyKind(Noon, DateTimeKind.Local);

        Converts(DateTime.SpecifyKind(Noon, DateTimeKind.Utc), "datetimeoffset", new DateTimeOffset(Noon, TimeSpan.Zero));
        Converts(local, "datetimeoffset", new DateTimeOffset(local));
        Assert.Contains("offset", Refuses(Noon, "datetimeoffset").Remedy, StringComparison.Ordinal);
        Converts(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), "datetimeoffset", DateTimeOffset.MaxValue);
    }

    [Fact]
    public void What_needs_a_guess_is_refused_by_its_type()
    {
        Refuses(new DateTimeOffset(Noon, TimeSpan.Zero), "date", DbErrorKind.InvalidType);
        Refuses(new DateOnly(2013, 1, 1), "datetimeoffset", DbErrorKind.InvalidType);
        Refuses(Noon, "time", DbErrorKind.InvalidType);
        Refuses(41275, "date", DbErrorKind.InvalidType);
        Refuses(1357041600L, "datetime", DbErrorKind.InvalidType);
        Refuses(30, "timespan", DbErrorKind.InvalidType);
    }

    [Fact]
    public void Every_time_reads_back_from_its_own_text()
    {
        Random random = new(8);
        for (int i = 0; i < 20_000; i++)
        {
            DateTime time = new(random.NextInt64(DateTime.MaxValue.Ticks + 1));
            TimeSpan offset = TimeSpan.FromMinutes(random.Next(-14 * 60, (14 * 60) + 1));
            Roundtrips(time, "datetime");
            Roundtrips(DateOnly.FromDateTime(time), "date");
            Roundtrips(TimeOnly.FromDateTime(time), "time");
            Roundtrips(new TimeSpan(random.NextInt64(long.MinValue, long.MaxValue)), "timespan");
            if (time.Year is > 1 and < 9999)
            {
                Roundtrips(new DateTimeOffset(time, offset), "datetimeoffset");
            }
        }

        static void Roundtrips(object value, string type)
        {
            Assert.True(ValueConversion.TryConvert(value, PortableType.Parse("string"), out object? text, out _));
            Converts(text!, type, value);
        }
    }
}
