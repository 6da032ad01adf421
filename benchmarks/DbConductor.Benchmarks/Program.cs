using System.Diagnostics;
using System.Text.Json;
using DbConductor.Benchmarks;

// the arguments name the operations that are measured; none means all
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

    List<Figure> figures = [];
    if (args.Length == 0 || args.Contains("copy"))
    {
        figures.AddRange(await CopyBenchmark.RunAsync(postgreSql, Path.Combine(work, "copy.db")).ConfigureAwait(false));
    }

    if (string.IsNullOrEmpty(pwsh))
    {
        Console.WriteLine("no pwsh: only copy is measured");
    }
    else
    {
        figures.AddRange(PowerShellBenchmark("bench.ps1", ["save", "get", "heap", "import"]));
        figures.AddRange(PowerShellBenchmark("jobs.ps1", ["job", "round"]));
        figures.AddRange(PowerShellBenchmark("spark.ps1", ["spark"]));
        figures.AddRange(PowerShellBenchmark("matrix.ps1", ["matrix"]));
    }

    Report.Write(Path.Combine(root, "benchmarks", "results"), figures);
    return 0;
}
finally
{
    Directory.Delete(work, recursive: true);
}

IReadOnlyList<Figure> PowerShellBenchmark(string script, string[] operations)
{
    string[] wanted = args.Length == 0 ? operations : [.. operations.Intersect(args)];
    if (wanted.Length == 0)
    {
        return [];
    }

    string results = Path.Combine(work, script + ".json");
    ProcessStartInfo start = new(pwsh)
    {
        ArgumentList =
        {
            "-NoProfile", "-NonInteractive", "-Command",
            $"& '{Path.Combine(AppContext.BaseDirectory, script)}' -Module '{Path.Combine(root, "out", "DbConductor")}' -Work '{work}' -Results '{results}' " +
            $"-Pwsh '{pwsh}' -Only {string.Join(',', wanted)}",
        },
    };
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    return process.ExitCode == 0
        ? JsonSerializer.Deserialize<List<Figure>>(File.ReadAllText(results))!
        : throw new InvalidOperationException($"{script} ended with {process.ExitCode}");
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
