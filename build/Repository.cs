using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>Where things lie in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Solution => At("DbConductor.sln");

    public static string Output => At("out");

    public static string Module => At("out", "DbConductor");

    public static string TestResults => At("out", "test-results");

    public static string Version { get; } = Property("Version");

    /// <summary>What projects target where they do not say.</summary>
    public static string Framework { get; } = Property("TargetFramework");

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The packages' central versions, by id.</summary>
    public static Dictionary<string, string> PackageVersions() =>
        XDocument.Load(At("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);

    private static string Property(string name) => XDocument.Load(At("Directory.Build.props")).Descendants(name).Single().Value;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DbConductor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new BuildException("DbConductor.sln is in no folder above the builder's own");
    }
}
