using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace DbConductor.Tests.Building;

/// <summary>
/// An adapter may be left out of a build only because its packages are not to be had. This asks the package sources again, without the build's own probe:
/// a probe that is broken must not turn an adapter's tests into skips.
/// </summary>
public sealed partial class LeftOutAdapterTests
{
    private static readonly string Root = FindRoot();

    private static IReadOnlyList<string> LeftOut { get; } =
    [
        .. typeof(LeftOutAdapterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(data => data.Key.StartsWith("DbConductorLeftOut:", StringComparison.Ordinal))
            .Select(data => data.Key.Split(':')[1]),
    ];

    [Fact]
    public void Packages_of_a_left_out_adapter_do_not_restore()
    {
        foreach (string adapter in LeftOut)
        {
            Assert.False(Packages(adapter).All(package => Restores(package.Id, package.Version)), $"{adapter} was left out, but its packages restore");
        }
    }

    [Fact]
    public void Packages_of_an_adapter_that_was_built_do_restore()
    {
        // the control of the test above: that which asks can also say yes
        foreach ((string id, string version) in Packages("Sqlite"))
        {
            Assert.True(LeftOut.Contains("Sqlite") || Restores(id, version), $"{id} {version}");
        }
    }

    [Fact]
    public void Every_adapter_is_built_or_left_out()
    {
        IEnumerable<string> all = Directory.GetDirectories(Path.Combine(Root, "src"), "DbConductor.Adapters.*").Select(folder => folder.Split('.')[^1]);
        IEnumerable<string> built = Directory.GetFiles(AppContext.BaseDirectory, "DbConductor.Adapters.*.dll")
            .Where(file => Assembly.LoadFrom(file).GetExportedTypes().Any(type => typeof(IAdapterFactory).IsAssignableFrom(type)))
            .Select(file => Path.GetFileNameWithoutExtension(file).Split('.')[^1]);

        Assert.Equal(all.Order(), built.Concat(LeftOut).Order());
    }

    private static IEnumerable<(string Id, string Version)> Packages(string adapter)
    {
        string project = File.ReadAllText(Path.Combine(Root, "src", "DbConductor.Adapters." + adapter, $"DbConductor.Adapters.{adapter}.csproj"));
        string versions = File.ReadAllText(Path.Combine(Root, "Directory.Packages.props"));
        return from Match reference in PackageReference().Matches(project)
               let id = reference.Groups[1].Value
               select (id, Regex.Match(versions, $"Include=\"{Regex.Escape(id)}\" Version=\"([^\"]+)\"").Groups[1].Value);
    }

    private static bool Restores(string id, string version)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dbconductor-restore-");
        try
        {
            string project = Path.Combine(folder.FullName, "one.csproj");
            File.WriteAllText(project, $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net8.0</TargetFramework><TreatWarningsAsErrors>true</TreatWarningsAsErrors><NuGetAudit>false</NuGetAudit></PropertyGroup>
                  <ItemGroup><PackageReference Include="{id}" Version="[{version}]" /></ItemGroup>
                </Project>
                """);
            using Process restore = Process.Start(new ProcessStartInfo("dotnet", ["restore", project]) { RedirectStandardOutput = true })!;
            restore.StandardOutput.ReadToEnd();
            restore.WaitForExit();
            return restore.ExitCode == 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DbConductor.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("DbConductor.sln is in no folder above the tests");
        }

        return folder.FullName;
    }

    [GeneratedRegex("<PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();
}
