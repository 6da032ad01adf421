using System.Diagnostics;
using System.Text.Json;
using DbConductor.Benchmarks;

string root = FindRoot();
string? postgreSql = Environment.GetEnvironmentVariable("DBCONDUCTOR_TEST_POSTGRESQL");
string? pwsh = Environment.GetEnvironmentVariable("DBCONDUCTOR_PWSH");
string work = Directory.CreateTempSubdirectory("dbconductor-bench-").FullName;
try
{
    if (args is ["join"])
    {
        await JoinBenchmark.RunAsync(postgreSql, work, Path.Combine(root, "benchmarks", "results")).ConfigureAwait(false);
        return 0;
    }

    List<Figure> figures = [.. await CopyBenchmark.RunAsync(postgreSql, Path.Combine(work, "copy.db")).ConfigureAwait(false)];
    if (string.IsNullOrEmpty(pwsh))
    {
        Console.WriteLine("no pwsh: save, get, heap and import are not measured");
    }
    else
    {
        figures.AddRange(PowerShellBenchmark(root, pwsh, work));
    }

    Report.Write(Path.Combine(root, "benchmarks", "results"), figures);
    return 0;
}
finally
{
    Directory.Delete(work, recursive: true);
}

static IReadOnlyList<Figure> PowerShellBenchmark(string root, string pwsh, string work)
{
    string results = Path.Combine(work, "pwsh.json");
    ProcessStartInfo start = new(pwsh)
    {
        ArgumentList =
        {
            "-NoProfile", "-NonInteractive", "-File", Path.Combine(AppContext.BaseDirectory, "bench.ps1"),
            "-Module", Path.Combine(root, "out", "DbConductor"), "-Work", work, "-Results", results, "-Pwsh", pwsh,
        },
    };
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    return process.ExitCode == 0
        ? JsonSerializer.Deserialize<List<Figure>>(File.ReadAllText(results))!
        : throw new InvalidOperationException($"bench.ps1 ended with {process.ExitCode}");
}

static string FindRoot()
{
    DirectoryInfo? at = new(AppContext.BaseDirectory);
    while (at is not null && !File.Exists(Path.Combine(at.FullName, "DbConductor.sln")))
    {
        at = at.Parent;
    }

    return at?.FullName ?? throw new InvalidOperationException("Run it from within the repository.");
}
