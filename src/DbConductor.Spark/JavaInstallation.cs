using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DbConductor.Spark;

/// <summary>The Java that runs Spark's driver.</summary>
/// <param name="Home">Its folder; null for the one on the PATH.</param>
/// <param name="Version">Its version, as it says itself.</param>
internal sealed partial record JavaInstallation(string? Home, string Version)
{
    private static readonly int[] s_known = [8, 11, 17];

    /// <summary>Finds it where spark-submit would, and asks for its version.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.DriverMissing"/>.</exception>
    internal static async Task<JavaInstallation> FindAsync(CancellationToken cancel)
    {
        string? home = Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } given ? given : null;
        string program = home is null ? "java" : Path.Combine(home, "bin", OperatingSystem.IsWindows() ? "java.exe" : "java");
        string where = home is null ? "the java on the PATH" : $"the Java in JAVA_HOME ('{home}')";
        string said;
        try
        {
            ProcessStartInfo start = new(program, ["-version"]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
            using Process java = Process.Start(start)!;
            said = await java.StandardError.ReadToEndAsync(cancel).ConfigureAwait(false);
            await java.WaitForExitAsync(cancel).ConfigureAwait(false);
        }
        catch (Win32Exception error)
        {
            throw Missing(home is null ? "There is no java on the PATH, and JAVA_HOME is not set" : $"JAVA_HOME is '{home}', and no java can be run there", error);
        }

        Match version = VersionText().Match(said);
        if (!version.Success)
        {
            throw Missing($"{where} did not say its version");
        }

        // Java 8 calls itself 1.8
        int major = int.Parse(version.Groups["major"].Value == "1" ? version.Groups["minor"].Value : version.Groups["major"].Value, System.Globalization.CultureInfo.InvariantCulture);
        return s_known.Contains(major)
            ? new(home, version.Groups["all"].Value)
            : throw Missing($"{where} is Java {major}");
    }

    private static DbConductorException Missing(string what, Exception? inner = null) => new(
        DbErrorKind.DriverMissing, $"{char.ToUpperInvariant(what[0])}{what[1..]}. Spark 3.5 runs on Java 8, 11 or 17: install one and set JAVA_HOME to its folder.", inner) { Target = "Java" };

    [GeneratedRegex("version \"(?<all>(?<major>\\d+)(\\.(?<minor>\\d+))?[^\"]*)\"")]
    private static partial Regex VersionText();
}
