using System.Text.RegularExpressions;

namespace DbConductor.Spark;

/// <summary>A Spark distribution on this machine.</summary>
/// <param name="Home">Its folder.</param>
/// <param name="Version">Its version.</param>
internal sealed partial record SparkInstallation(string Home, Version Version)
{
    /// <summary>The last patch that Microsoft.Spark's jar takes without being told to.</summary>
    private const int LastKnownPatch = 3;

    private const string Remedy = "Get Spark 3.5.3 for Hadoop 3 (Scala 2.12) from https://archive.apache.org/dist/spark/spark-3.5.3/ and name its folder by -SparkHome or SPARK_HOME.";

    /// <summary>Whether the jar must be told to take this patch of 3.5.</summary>
    internal bool IsLaterPatch => Version.Build > LastKnownPatch;

    /// <summary>What the operator should know of it.</summary>
    internal IReadOnlyList<string> Warnings => !IsLaterPatch ? [] :
        [$"The Spark in '{Home}' is {Version}, a later patch than 3.5.{LastKnownPatch}, the last one that Microsoft.Spark 2.3.1 was made for. Microsoft.Spark was told to take it (spark.dotnet.ignoreSparkPatchVersionCheck)."];

    /// <summary>The program that starts applications.</summary>
    internal string Submit => Path.Combine(Home, "bin", OperatingSystem.IsWindows() ? "spark-submit.cmd" : "spark-submit");

    /// <summary>The folder that is configured; null where there is none.</summary>
    internal static string? FindHome(string? given) => given
        ?? (Environment.GetEnvironmentVariable("SPARK_HOME") is { Length: > 0 } home ? home : null)
        ?? FromPath();

    /// <summary>Finds the distribution and checks its version, before anything is started.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.DriverMissing"/>.</exception>
    internal static SparkInstallation Find(string? given)
    {
        string home = FindHome(given) ?? throw Missing($"No Spark was found: neither -SparkHome nor SPARK_HOME is given, and no spark-submit is on the PATH. {Remedy}");
        home = Path.GetFullPath(home);
        string jars = Path.Combine(home, "jars");
        Match core = Directory.Exists(jars)
            ? Directory.EnumerateFiles(jars, "spark-core_*.jar").Select(file => CoreJar().Match(Path.GetFileName(file))).FirstOrDefault(match => match.Success) ?? Match.Empty
            : Match.Empty;
        if (!core.Success)
        {
            throw Missing($"'{home}' is no folder of a Spark distribution: it has no jars/spark-core_*.jar. {Remedy}");
        }

        SparkInstallation spark = new(home, Version.Parse(core.Groups["version"].Value));
        if (spark.Version is not { Major: 3, Minor: 5 })
        {
            throw Missing($"The Spark in '{home}' is {spark.Version}, and Microsoft.Spark 2.3.1 takes 3.5. {Remedy}");
        }

        return core.Groups["scala"].Value == "2.12"
            ? spark
            : throw Missing($"The Spark in '{home}' is built for Scala {core.Groups["scala"].Value}, and Microsoft.Spark 2.3.1 takes Scala 2.12. {Remedy}");
    }

    // the script is often a link into the distribution
    private static string? FromPath()
    {
        string name = OperatingSystem.IsWindows() ? "spark-submit.cmd" : "spark-submit";
        string? script = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        script = script is null ? null : File.ResolveLinkTarget(script, returnFinalTarget: true)?.FullName ?? script;
        return script is null ? null : Path.GetDirectoryName(Path.GetDirectoryName(script));
    }

    private static DbConductorException Missing(string message) => new(DbErrorKind.DriverMissing, message) { Target = "Spark" };

    [GeneratedRegex(@"^spark-core_(?<scala>\d+\.\d+)-(?<version>\d+\.\d+\.\d+)")]
    private static partial Regex CoreJar();
}
