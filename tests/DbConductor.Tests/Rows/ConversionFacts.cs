using Xunit;

namespace DbConductor.Tests.Rows;

/// <summary>What the tests of conversions say.</summary>
internal static class ConversionFacts
{
    internal static void Converts(object value, string type, object? expected)
    {
        bool converted = ValueConversion.TryConvert(value, PortableType.Parse(type), out object? actual, out ConversionProblem? problem);

        Assert.True(converted, problem?.Description);
        Assert.Null(problem);
        Assert.Equal(expected, actual);
        Assert.Equal(expected?.GetType(), actual?.GetType());
    }

    internal static ConversionProblem Refuses(object value, string type, DbErrorKind kind = DbErrorKind.InvalidData)
    {
        bool converted = ValueConversion.TryConvert(value, PortableType.Parse(type), out object? actual, out ConversionProblem? problem);

        Assert.False(converted, $"became {actual}");
        Assert.Null(actual);
        Assert.NotNull(problem);
        Assert.Equal(kind, problem.Kind);
        Assert.NotEmpty(problem.Remedy);
        return problem;
    }
}
