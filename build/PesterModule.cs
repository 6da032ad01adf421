using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>Pester of 5.5 or newer: an installed one, else its package, which holds the module.</summary>
internal static class PesterModule
{
    /// <summary>Looks for one; a package is restored into the build's own folder, and nothing is installed for the user.</summary>
    /// <returns>The manifest's path, or null where there is none.</returns>
    public static string? Find(PowerShellHost pwsh)
    {
        var (exitCode, output) = pwsh.Capture("(Get-Module Pester -ListAvailable | Where-Object Version -ge 5.5 | Sort-Object Version -Descending | Select-Object -First 1).Path");
        var installed = output.Trim();
        return exitCode == 0 && File.Exists(installed) ? installed : FromPackage();
    }

    private static string? FromPackage()
    {
        var version = Repository.PackageVersions()["Pester"];
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Output, "probe", "Pester")).FullName;
        var manifest = Path.Combine(folder, "packages", "pester", version, "tools", "Pester.psd1");
        if (File.Exists(manifest))
            return manifest;
        Console.WriteLine($"Pester is not installed: asking the NuGet sources for its package {version}");
        var project = Path.Combine(folder, "probe.csproj");
        // a download, not a reference: the package holds a module and has nothing to compile against
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", Repository.Framework),
                new XElement("RestorePackagesPath", Path.Combine(folder, "packages"))),
            new XElement("ItemGroup",
                new XElement("PackageDownload", new XAttribute("Include", "Pester"), new XAttribute("Version", $"[{version}]"))))
            .Save(project);
        var (exitCode, _) = Shell.Capture("dotnet", "restore", project, "-v", "q", "-nologo",
            "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false");
        return exitCode == 0 && File.Exists(manifest) ? manifest : null;
    }
}
