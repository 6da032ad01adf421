using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>How tests came out.</summary>
internal readonly record struct TestCounts(int Passed, int Failed, int Skipped)
{
    public int Total => Passed + Failed + Skipped;

    public static TestCounts operator +(TestCounts one, TestCounts other) =>
        new(one.Passed + other.Passed, one.Failed + other.Failed, one.Skipped + other.Skipped);

    /// <summary>Counts the results in a TRX file and says why tests were skipped, each reason once.</summary>
    public static TestCounts FromTrx(string file)
    {
        var results = XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "UnitTestResult").ToList();
        var skipped = results.Where(result => Outcome(result) == "NotExecuted").ToList();
        foreach (var reason in skipped.GroupBy(Reason).OrderByDescending(group => group.Count()))
            Console.WriteLine($"{reason.Count()} skipped: {reason.Key}");
        var passed = results.Count(result => Outcome(result) == "Passed");
        return new TestCounts(passed, results.Count - passed - skipped.Count, skipped.Count);

        static string Reason(XElement result) =>
            result.Descendants().FirstOrDefault(element => element.Name.LocalName is "Message" or "StdOut")?.Value.Trim() ?? "no reason given";
    }

    /// <summary>
    /// Names every failed test of a folder's TRX and NUnit files, with the first lines of its message: a run is long, and what is kept of its output is often
    /// only the end.
    /// </summary>
    public static void NameFailed(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*.trx").Concat(Directory.GetFiles(folder, "*.xml")).Order(StringComparer.Ordinal))
        {
            foreach (var result in XDocument.Load(file).Descendants())
            {
                var name = result.Name.LocalName switch
                {
                    "UnitTestResult" when Outcome(result) is not ("Passed" or "NotExecuted") => result.Attribute("testName")?.Value,
                    "test-case" when result.Attribute("result")?.Value is "Failure" or "Error" => result.Attribute("name")?.Value,
                    _ => null,
                };
                if (name is null)
                    continue;
                Console.WriteLine($"failed: {name}");
                var texts = result.Descendants().Where(element => element.Name.LocalName is "Message" or "message" or "StackTrace" or "stack-trace");
                foreach (var line in texts.SelectMany(text => text.Value.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Take(12)))
                    Console.WriteLine("    " + (line.Length > 300 ? line[..300] + "..." : line));
            }
        }
    }

    private static string? Outcome(XElement result) => result.Attribute("outcome")?.Value;

    /// <summary>
    /// What a runner's exit code adds: one that fails without a failed test in its results has crashed, and that counts as a failure.
    /// </summary>
    public TestCounts Judge(string runner, int exitCode)
    {
        if (exitCode == 0 || Failed > 0)
            return this;
        Console.WriteLine($"{runner} ended with exit code {exitCode} and named no failed test: that counts as one failure");
        return this with { Failed = 1 };
    }
}
