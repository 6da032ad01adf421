using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>A project that stands or falls with its driver's packages: <c>src/DbConductor.Adapters.*</c>.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="Packages">Its packages and their central versions.</param>
internal sealed record AdapterProject(string Name, IReadOnlyList<(string Id, string Version)> Packages)
{
    public const string Prefix = "DbConductor.Adapters.";

    /// <summary>The adapter's type, as operators write it.</summary>
    public string Type => Name[Prefix.Length..];

    /// <summary>Every adapter in the repository, by folder: a new one needs no entry anywhere.</summary>
    public static IReadOnlyList<AdapterProject> All()
    {
        var versions = XDocument.Load(Repository.At("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Directory.GetFiles(Repository.At("src"), Prefix + "*.csproj", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => new AdapterProject(Path.GetFileNameWithoutExtension(file), Read(file, versions))),
        ];
    }

    private static List<(string Id, string Version)> Read(string file, Dictionary<string, string> versions) =>
    [
        .. from reference in XDocument.Load(file).Descendants("PackageReference")
           let id = reference.Attribute("Include")?.Value
           where id is not null
           select (id, versions.GetValueOrDefault(id) ?? throw new BuildException($"{Path.GetFileName(file)}: {id} has no version in Directory.Packages.props")),
    ];
}
