namespace DbConductor.Building;

/// <summary>Runs the quick start: the script where there is a pwsh, else the same steps through the core's C# API.</summary>
internal static class Demo
{
    public static int Run(Build build)
    {
        var script = Repository.At("examples", "quickstart.ps1");
        if (PowerShellHost.Find() is { } pwsh)
        {
            Console.WriteLine($"running examples/quickstart.ps1 on PowerShell {pwsh.Version}");
            return pwsh.Run(["-File", script]);
        }

        Console.WriteLine("running examples/QuickStart, the same steps through the C# API");
        return Shell.Run("dotnet", ["run", "--project", Repository.At("examples", "QuickStart"), "-c", build.Options.Configuration, "--no-build"]);
    }
}
