using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>
/// A project that a build can do without, and that is left out where its packages are not to be had: an adapter (<c>src/DbConductor.Adapters.*</c>), Spark,
/// or the tests that host PowerShell's engine.
/// </summary>
/// <param name="Name">The project's name.</param>
/// <param name="Framework">What it targets.</param>
/// <param name="Packages">Its packages and their central versions.</param>
internal sealed record OptionalProject(string Name, string Framework, IReadOnlyList<(string Id, string Version)> Packages)
{
    private const string AdapterPrefix = "DbConductor.Adapters.";
    private const string SparkName = "DbConductor.Spark";

    /// <summary>The adapter's type, as operators write it; null where it is no adapter.</summary>
    public string? AdapterType => Name.StartsWith(AdapterPrefix, StringComparison.Ordinal) ? Name[AdapterPrefix.Length..] : null;

    /// <summary>Whether it is what joins on Spark.</summary>
    public bool IsSpark => Name == SparkName;

    /// <summary>The word that its tests have in their file's or folder's name; null where it has none among the others' tests.</summary>
    public string? TestWord => AdapterType ?? (IsSpark ? "Spark" : null);

    /// <summary>What people call it.</summary>
    public string Title => AdapterType is { } type ? $"{type} adapter" : IsSpark ? "Spark" : Name;

    /// <summary>Every such project in the repository, by folder: a new adapter needs no entry anywhere.</summary>
    public static IReadOnlyList<OptionalProject> All()
    {
        var versions = Repository.PackageVersions();
        return
        [
            .. Directory.GetFiles(Repository.At("src"), AdapterPrefix + "*.csproj", SearchOption.AllDirectories)
                .Append(Repository.At("src", SparkName, SparkName + ".csproj"))
                .Concat(Directory.GetFiles(Repository.At("tests"), "*.HostedTests.csproj", SearchOption.AllDirectories))
                .Order(StringComparer.Ordinal)
                .Select(Read),
        ];

        OptionalProject Read(string file)
        {
            var project = XDocument.Load(file);
            var packages = from reference in project.Descendants("PackageReference")
                           let id = reference.Attribute("Include")?.Value
                           where id is not null
                           select (id, versions.GetValueOrDefault(id) ?? throw new BuildException($"{Path.GetFileName(file)}: {id} has no version in Directory.Packages.props"));
            var framework = project.Descendants("TargetFramework").SingleOrDefault()?.Value ?? Repository.Framework;
            return new OptionalProject(Path.GetFileNameWithoutExtension(file), framework, packages.ToList());
        }
    }
}
