using System.Text.RegularExpressions;

namespace DbConductor.Building;

/// <summary>A PowerShell of 7.4 or newer that runs the module: from the PATH, else the <c>PowerShell</c> .NET tool that the tool manifest names.</summary>
internal sealed partial record PowerShellHost(string Version, string File, IReadOnlyList<string> Prefix)
{
    private static readonly Version Oldest = new(7, 4);

    private static readonly Lazy<PowerShellHost?> Found = new(Search);

    /// <summary>Looks for one, once; where there is none, says in one line how to get it and returns null.</summary>
    public static PowerShellHost? Find() => Found.Value;

    private static PowerShellHost? Search()
    {
        var found = Ask("pwsh") ?? FromTool();
        if (found is null)
            Console.WriteLine("no pwsh 7.4 or newer on the PATH, and the NuGet sources do not have it as a .NET tool: get it from https://aka.ms/powershell; going on without it");
        return found;
    }

    /// <summary>Runs it without a profile.</summary>
    /// <returns>Its exit code.</returns>
    public int Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        Shell.Run(File, [.. Prefix, "-NoProfile", "-NonInteractive", .. arguments], Console.IsOutputRedirected
            ? new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["NO_COLOR"] = "1" }
            : environment);

    /// <summary>Runs a command and keeps what it prints.</summary>
    public (int ExitCode, string Output) Capture(string command) => Shell.Capture(File, [.. Prefix, "-NoProfile", "-NonInteractive", "-Command", command]);

    private static PowerShellHost? FromTool()
    {
        Console.WriteLine("no pwsh on the PATH: asking the NuGet sources for the PowerShell .NET tool");
        return Shell.Capture("dotnet", "tool", "restore", "--verbosity", "quiet").ExitCode == 0 ? Ask("dotnet", "tool", "run", "pwsh", "--") : null;
    }

    private static PowerShellHost? Ask(string file, params string[] prefix)
    {
        var (exitCode, output) = Shell.Capture(file, [.. prefix, "--version"]);
        if (exitCode != 0 || VersionText().Match(output) is not { Success: true } match)
            return null;
        return System.Version.Parse(match.Groups[2].Value) >= Oldest ? new PowerShellHost(match.Groups[1].Value, file, prefix) : null;
    }

    [GeneratedRegex(@"PowerShell ((\d+\.\d+\.\d+)\S*)")]
    private static partial Regex VersionText();
}
