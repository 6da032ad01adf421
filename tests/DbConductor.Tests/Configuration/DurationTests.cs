using Xunit;

namespace DbConductor.Tests.Configuration;

public class DurationTests
{
    [Theory]
    [InlineData("30s", "00:00:30")]
    [InlineData("15m", "00:15:00")]
    [InlineData("12H", "12:00:00")]
    [InlineData("7d", "7.00:00:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("250ms", "00:00:00.2500000")]
    [InlineData(" 90 ", "00:01:30")]
    [InlineData("0", "00:00:00")]
    [InlineData("01:02:03", "01:02:03")]
    public void It_reads_what_operators_write(string text, string expected)
    {
        TimeSpan read = Durations.Parse(text);
        Assert.Equal(TimeSpan.ParseExact(expected, "c", null), read);
        Assert.Equal(read, Durations.Parse(Durations.Format(read)));
    }

    [Theory]
    [InlineData("7.0")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("-5s")]
    [InlineData("-00:00:05")]
    [InlineData("5 parsecs")]
    [InlineData("1,5h")]
    [InlineData("99999999999d")]
    public void Anything_else_is_refused_with_the_forms(string text) =>
        Assert.Contains("'7d'", Assert.Throws<DbConductorException>(() => Durations.Parse(text)).Message, StringComparison.Ordinal);
}
