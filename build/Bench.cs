using DbConductor.Tests.Servers;

namespace DbConductor.Building;

/// <summary>Measures against the raw drivers, on servers whose commits reach the disk.</summary>
internal static class Bench
{
    private static readonly string[] s_servers =
        ["DBCONDUCTOR_TEST_POSTGRESQL", "DBCONDUCTOR_TEST_MARIADB", "DBCONDUCTOR_TEST_MYSQL", "DBCONDUCTOR_TEST_MONGODB"];

    public static int Run(Build build)
    {
        var project = Repository.At("benchmarks", "DbConductor.Benchmarks", "DbConductor.Benchmarks.csproj");
        if (build.Options.Configuration != "Release")
            throw new BuildException("figures of a Debug build mean nothing: leave --configuration out");
        var pwsh = PowerShellHost.Find();
        using var servers = TestServers.Start(build.Adapters, durable: true, s_servers);
        servers.Environment[TestbedServer.FolderVariable("tpch")] = TestbedServer.Find("tpch", TestServers.Testbed);
        servers.Environment["SPARK_HOME"] = Environment.GetEnvironmentVariable("SPARK_HOME") ?? TestbedServer.Find("spark", TestServers.Testbed);
        servers.Environment["DBCONDUCTOR_PWSH"] = pwsh is { Prefix.Count: 0 } ? pwsh.File : null;
        return Shell.Run("dotnet", ["run", "--project", project, "-c", "Release", "--no-build", "--", .. build.Options.Filter?.Split(',') ?? []], servers.Environment);
    }
}
