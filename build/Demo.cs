namespace DbConductor.Building;

/// <summary>Runs the examples on real data: the quick start, and a week that arrives from another process. Without a pwsh the quick start's steps through the core's C# API.</summary>
internal static class Demo
{
    private static readonly string[] s_servers = ["DBCONDUCTOR_TEST_POSTGRESQL", "DBCONDUCTOR_TEST_MONGODB", "DBCONDUCTOR_TEST_MYSQL"];

    public static int Run(Build build)
    {
        if (PowerShellHost.Find() is not { } pwsh)
        {
            Console.WriteLine("running examples/QuickStart, the same steps through the C# API");
            return Shell.Run("dotnet", ["run", "--project", Repository.At("examples", "QuickStart"), "-c", build.Options.Configuration, "--no-build"]);
        }

        return RunScript(pwsh, "a day of flights, on SQLite", "examples", "quickstart.ps1")
            + RunScript(pwsh, "a week of flights from another process, on SQLite", "examples", "pipeline.ps1")
            + RunOnServers(build, pwsh) == 0 ? 0 : 1;
    }

    private static int RunOnServers(Build build, PowerShellHost pwsh)
    {
        using var servers = TestServers.Start(build.Adapters, only: s_servers);
        if (s_servers.All(variable => servers.Environment.ContainsKey(variable) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable))))
            return RunScript(pwsh, "the same week from PostgreSQL by MongoDB to MySQL", "build", "demo-servers.ps1", servers.Environment);
        Console.WriteLine("left out: the same week from PostgreSQL by MongoDB to MySQL, which needs all three");
        return servers.Missing;
    }

    private static int RunScript(PowerShellHost pwsh, string what, string folder, string file, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Console.WriteLine($"{what}: {folder}/{file} on PowerShell {pwsh.Version}");
        return pwsh.Run(["-File", Repository.At(folder, file)], environment);
    }
}
