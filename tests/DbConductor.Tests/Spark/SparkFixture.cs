using DbConductor.Spark;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>The one session that all tests on Spark share, started when the first of them asks for it, and anew where a test has ended it.</summary>
public sealed class SparkFixture : IAsyncLifetime
{
    /// <summary>How it is started.</summary>
    internal static SparkSettings Settings => new()
    {
        Master = "local[2]",
        SparkHome = Home,
        Jars = Home is null ? [] : Directory.GetFiles(Path.Combine(Home, "connectors"), "*.jar"),
        Options = new Dictionary<string, string>
        {
            ["spark.driver.extraJavaOptions"] = "-XX:TieredStopAtLevel=1",
            ["spark.sql.shuffle.partitions"] = "2",
            ["spark.ui.enabled"] = "false",
            ["spark.test.password"] = "kept-secret",
        },
    };

    /// <summary>The folder of Spark; null where there is none.</summary>
    internal static string? Home { get; } = Environment.GetEnvironmentVariable(TestbedServer.FolderVariable("spark")) is { Length: > 0 } folder ? folder : null;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DisposeAsync() => SparkHost.Process.StopAsync();

    /// <summary>The session.</summary>
    internal Task<ISparkSession> SessionAsync()
    {
        Skip.If(Home is null, $"no Spark: {TestbedServer.FolderVariable("spark")} names no folder of a distribution");
        return SparkHost.Process.StartAsync(Settings, _ => { }, default);
    }
}

/// <summary>Tests that share the session; none of them beside another.</summary>
[CollectionDefinition("Spark")]
public sealed class SparkCollection : ICollectionFixture<SparkFixture>;
