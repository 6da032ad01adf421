using System.Diagnostics;

namespace DbConductor.Building;

/// <summary>Runs other programs.</summary>
internal static class Shell
{
    private static Process? s_running;

    /// <summary>Ends the program that <see cref="Run"/> is waiting for, and what it started.</summary>
    public static void Stop()
    {
        try
        {
            s_running?.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // it ended by itself meanwhile
        }
    }

    /// <summary>Runs a program whose output goes straight to the console.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Console.Out.Flush();
        using var process = s_running = Process.Start(Describe(file, arguments, environment))!;
        process.WaitForExit();
        s_running = null;
        return process.ExitCode;
    }

    /// <summary>Runs <c>dotnet</c> and ends the build where it fails.</summary>
    public static void Dotnet(params string[] arguments)
    {
        if (Run("dotnet", arguments) != 0)
            throw new BuildException($"dotnet {arguments[0]} failed");
    }

    /// <summary>Runs a program and keeps what it prints.</summary>
    /// <returns>Its exit code (-1 where it could not be started) and its output, errors included.</returns>
    public static (int ExitCode, string Output) Capture(string file, params string[] arguments)
    {
        var start = Describe(file, arguments, environment: null);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }

    private static ProcessStartInfo Describe(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = Repository.Root };
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        if (Options.OnCi)
            start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return start;
    }
}
