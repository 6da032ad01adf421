using System.Text.RegularExpressions;

namespace DbConductor.Building;

/// <summary>Runs every test that this machine can serve and sums them up.</summary>
internal static partial class TestRun
{
    // what makes single tests take long
    private static readonly string[] s_long = ["DBCONDUCTOR_FAULTS", "DBCONDUCTOR_TPCH"];

    public static int Run(Build build) => Run(build, build.Options.Filter, new Dictionary<string, string?>());

    public static int RunFaults(Build build) =>
        Run(build, build.Options.Filter ?? "Category=Faults", new Dictionary<string, string?> { ["DBCONDUCTOR_FAULTS"] = "full" });

    public static int RunTpch(Build build) =>
        Run(build, build.Options.Filter ?? "Category=Tpch", new Dictionary<string, string?> { ["DBCONDUCTOR_TPCH"] = "0.1 1" });

    private static int Run(Build build, string? filter, Dictionary<string, string?> environment)
    {
        if (Directory.Exists(Repository.TestResults))
            Directory.Delete(Repository.TestResults, recursive: true);
        Directory.CreateDirectory(Repository.TestResults);

        var pwsh = PowerShellHost.Find();
        TestCounts counts;
        using (var servers = TestServers.Start(build.Adapters))
        {
            foreach (var (name, value) in servers.Environment)
                environment[name] = value;
            counts = new TestCounts(0, servers.Missing, 0);
            foreach (var project in Directory.GetFiles(Repository.At("tests"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (!build.LeftOut.ContainsKey(Path.GetFileNameWithoutExtension(project)))
                    counts += RunXunit(project, filter, environment, build.Options);
            }

            if (filter is null)
                counts += CountLeftOut(build) + RunPester(pwsh, environment);
        }

        if (counts.Passed + counts.Failed == 0)
            Console.WriteLine("no test ran");
        if (counts.Failed > 0)
            TestCounts.NameFailed(Repository.TestResults);
        Console.WriteLine($"adapters built: {string.Join(", ", build.Adapters)}; pwsh: {pwsh?.Version ?? "none"}");
        Console.WriteLine($"{counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped");
        return counts.Failed == 0 && counts.Passed > 0 ? 0 : 1;
    }

    private static TestCounts RunXunit(string project, string? filter, Dictionary<string, string?> environment, Options options)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var results = Path.Combine(Repository.TestResults, name + ".trx");
        List<string> arguments =
        [
            "test", project, "--no-build", "-c", options.Configuration, "-v", "q", "-nologo",
            "--logger", $"trx;LogFileName={name}.trx", "--logger", "console;verbosity=minimal", "--results-directory", Repository.TestResults,
            // a test that hangs ends the run and is named
            "--blame-hang-timeout", s_long.Any(environment.ContainsKey) ? "2h" : "10m", "--blame-hang-dump-type", "none",
        ];
        if (filter is not null)
            arguments.AddRange(["--filter", filter]);
        var exitCode = Shell.Run("dotnet", arguments, environment);
        var counts = File.Exists(results) ? TestCounts.FromTrx(results) : default;
        return counts.Judge(name, exitCode);
    }

    /// <summary>An adapter that was left out skips as many tests of the contract as every adapter has.</summary>
    private static TestCounts CountLeftOut(Build build)
    {
        var contract = Directory.GetFiles(Repository.TestResults, "*.trx")
            .SelectMany(file => ContractTest().Matches(File.ReadAllText(file))).GroupBy(match => match.Groups[1].Value)
            .Select(tests => tests.Count()).DefaultIfEmpty().Min();
        var skipped = 0;
        foreach (var sentence in build.LeftOut.Where(pair => pair.Key.StartsWith("DbConductor.Adapters.", StringComparison.Ordinal)).Select(pair => pair.Value))
        {
            Console.WriteLine($"{contract} skipped: {sentence}");
            skipped += contract;
        }

        if (build.LeftOut.TryGetValue("DbConductor.Spark", out var noSpark))
        {
            var facts = Directory.GetFiles(Repository.At("tests", "DbConductor.Tests", "Spark"), "*.cs").Sum(file => Fact().Count(File.ReadAllText(file)));
            Console.WriteLine($"{facts} skipped: {noSpark}");
            skipped += facts;
        }

        return new TestCounts(0, 0, skipped);
    }

    private static TestCounts RunPester(PowerShellHost? pwsh, Dictionary<string, string?> environment)
    {
        var tests = Repository.At("tests", "Pester");
        if (!Directory.Exists(tests))
            return default;
        var pester = pwsh is null ? null : PesterModule.Find(pwsh);
        var missing = pwsh is null ? "there is no pwsh 7.4 or newer" : pester is null ? "there is no Pester 5.5 or newer (Install-PSResource Pester)" : null;
        if (missing is not null)
        {
            var count = Directory.GetFiles(tests, "*.Tests.ps1", SearchOption.AllDirectories).Sum(file => ItBlock().Count(File.ReadAllText(file)));
            Console.WriteLine($"{count} skipped: Pester tests (their It blocks were counted), since {missing}");
            return new TestCounts(0, 0, count);
        }

        var counts = Path.Combine(Repository.TestResults, "pester.counts");
        var exitCode = pwsh!.Run(["-File", Repository.At("build", "pester.ps1"), pester!, tests, Path.Combine(Repository.TestResults, "pester.xml"), counts], environment);
        if (!File.Exists(counts))
            return default(TestCounts).Judge("Pester", exitCode == 0 ? -1 : exitCode);
        var numbers = File.ReadAllText(counts).Split(' ').Select(int.Parse).ToArray();
        return new TestCounts(numbers[0], numbers[1], numbers[2]).Judge("Pester", exitCode);
    }

    [GeneratedRegex(@"<UnitTestResult [^>]*testName=""[\w.]*\.(\w+)ContractTests\.")]
    private static partial Regex ContractTest();

    [GeneratedRegex(@"^\s*\[Skippable(Fact|Theory)\]", RegexOptions.Multiline)]
    private static partial Regex Fact();

    [GeneratedRegex(@"^\s*It\s+['""]", RegexOptions.Multiline)]
    private static partial Regex ItBlock();
}
