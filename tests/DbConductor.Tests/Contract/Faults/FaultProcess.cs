using System.Diagnostics;

namespace DbConductor.Tests.Contract;

/// <summary>A process of the tests' own program (<see cref="Program"/>) that works on a database until it is killed.</summary>
internal static class FaultProcess
{
    /// <summary>Starts one. It says "ready" when it has begun in earnest.</summary>
    /// <param name="profile">The database, which goes over standard input, since it may hold a password.</param>
    /// <param name="arguments">What it is to do.</param>
    public static async Task<Process> StartAsync(AdapterProfile profile, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(FaultProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(profile.Type);
        await process.StandardInput.WriteLineAsync(profile.Database ?? "");
        await process.StandardInput.WriteLineAsync(profile.ConnectionString?.Reveal() ?? "");
        return process;
    }

    /// <summary>In that process: connects to the database.</summary>
    public static async Task<IDbAdapter> ConnectAsync()
    {
        string type = Console.ReadLine()!;
        string database = Console.ReadLine()!;
        string connection = Console.ReadLine()!;
        return await ConnectAsync(new()
        {
            Name = "child",
            Type = type,
            Database = database.Length > 0 ? database : null,
            ConnectionString = connection.Length > 0 ? new Secret(connection) : null,
        });
    }

    public static async Task<IDbAdapter> ConnectAsync(AdapterProfile profile)
    {
        IDbAdapter adapter = AdapterCatalog.Installed.Find(profile.Type).Create(profile, new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }

    /// <summary>Kills a process, which must still run, and returns what it had said.</summary>
    public static async Task<List<string>> KillAsync(Process process)
    {
        Xunit.Assert.False(process.HasExited, "the process ended by itself");
        process.Kill();
        List<string> lines = [];
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        await process.WaitForExitAsync();
        return lines;
    }
}
