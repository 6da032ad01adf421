using Xunit;

namespace DbConductor.Tests.Servers;

/// <summary>What tests need of the machine.</summary>
internal static class Needed
{
    /// <summary>The server that a variable of the environment names; skips where it names none, which on CI is a failure.</summary>
    public static string Server(string variable) =>
        Find(Environment.GetEnvironmentVariable(variable) is { Length: > 0 } server ? server : null, $"{variable} names no server");

    /// <summary>What was found; skips where it was not.</summary>
    /// <param name="found">It, or null.</param>
    /// <param name="missing">What is missing.</param>
    /// <param name="isOnCi">Whether CI has it, so that it is a failure there.</param>
    public static T Find<T>(T? found, string missing, bool isOnCi = true)
        where T : class
    {
        if (found is null && isOnCi && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(missing);
        }

        Skip.If(found is null, missing);
        return found!;
    }
}
