using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>
/// Asks once whether each optional project's packages restore. One package that no source has would stop the restore of the whole solution, so this runs before
/// it, and leaves the projects concerned out of every later build, a plain <c>dotnet build</c> included.
/// </summary>
internal static partial class PackageProbe
{
    private static string PropsFile => Repository.At("adapters.props");

    /// <summary>Which projects are left out, and the sentence that says why; by name.</summary>
    public static IReadOnlyDictionary<string, string> Run(IReadOnlyList<OptionalProject> projects, bool force)
    {
        var key = Key(projects);
        var leftOut = force ? null : ReadProps(key);
        if (leftOut is null)
        {
            var answers = new (string? Why, bool Final)[projects.Count];
            Parallel.For(0, projects.Count, i => answers[i] = Restore(projects[i]));
            var found = projects.Zip(answers).Where(pair => pair.Second.Why is not null)
                .ToDictionary(pair => pair.First, pair => $"{pair.First.Title} left out: {pair.Second.Why}");
            // a source that did not answer may answer next time: such a result is not kept
            WriteProps(answers.All(answer => answer.Final) ? key : "", found);
            leftOut = found.ToDictionary(pair => pair.Key.Name, pair => pair.Value);
        }

        foreach (var sentence in leftOut.Values)
            Console.WriteLine(sentence);
        return leftOut;
    }

    /// <summary>Restores a project of its own that has this one's packages and nothing else, at exactly their versions.</summary>
    /// <returns>Why it does not restore, or null; and whether asking again would give the same answer.</returns>
    private static (string? Why, bool Final) Restore(OptionalProject project)
    {
        if (project.Packages.Count == 0)
            return (null, true);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Output, "probe", project.Name)).FullName;
        var file = Path.Combine(folder, "probe.csproj");
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", project.Framework),
                new XElement("TreatWarningsAsErrors", true),
                new XElement("NuGetAudit", false)),
            new XElement("ItemGroup", project.Packages.Select(package =>
                new XElement("PackageReference", new XAttribute("Include", package.Id), new XAttribute("Version", $"[{package.Version}]")))))
            .Save(file);
        var (exitCode, output) = Shell.Capture("dotnet", "restore", file, "--force", "-v", "q", "-nologo",
            "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false");
        return exitCode == 0 ? (null, true) : Explain(project, output);
    }

    private static (string Why, bool Final) Explain(OptionalProject project, string output)
    {
        foreach (var (id, version) in project.Packages)
        {
            if (Unfindable().Matches(output).Any(match => match.Groups["id"].Value.Equals(id, StringComparison.OrdinalIgnoreCase)))
                return ($"{id} {version} is not on the configured NuGet sources", true);
        }

        var packages = string.Join(", ", project.Packages.Select(package => $"{package.Id} {package.Version}"));
        if (Unfindable().Match(output) is { Success: true } missing)
            return ($"{missing.Groups["id"].Value}, which {packages} needs, is not on the configured NuGet sources", true);
        if (Replaced().Match(output) is { Success: true } replaced)
            return ($"{replaced.Groups["id"].Value} {replaced.Groups["version"].Value}, which {packages} needs, is not on the configured NuGet sources", true);
        var error = ErrorLine().Match(output);
        return ($"{packages} does not restore ({(error.Success ? error.Value.Trim() : "dotnet restore gave no reason")})", false);
    }

    private static string Key(IReadOnlyList<OptionalProject> projects)
    {
        // a folder source says by its files what it has
        var sources = Shell.Capture("dotnet", "nuget", "list", "source", "--format", "short").Output;
        var files = from line in sources.Split('\n')
                    let folder = line.Length > 2 ? line[2..].Trim() : ""
                    where Path.IsPathRooted(folder) && Directory.Exists(folder)
                    from file in Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal)
                    select Path.GetFileName(file);
        var packages = projects.SelectMany(project => project.Packages.Select(package => $"{project.Name} {package.Id} {package.Version}"));
        var text = string.Join('\n', [.. packages, sources, .. files]);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private static Dictionary<string, string>? ReadProps(string key)
    {
        if (!File.Exists(PropsFile))
            return null;
        var props = XDocument.Load(PropsFile).Root!;
        return props.Descendants("DbConductorProbe").FirstOrDefault()?.Value == key
            ? props.Descendants("DbConductorLeftOutProject").ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Reason")!.Value)
            : null;
    }

    private static void WriteProps(string key, Dictionary<OptionalProject, string> leftOut)
    {
        var adapters = leftOut.Where(pair => pair.Key.AdapterType is not null).Select(pair => (Type: pair.Key.AdapterType!, Reason: pair.Value)).ToList();
        new XElement("Project",
            new XComment(" Written by the build: what this machine's NuGet sources cannot build. Delete it, or build with --probe, to ask again. "),
            new XElement("PropertyGroup",
                new XElement("DbConductorProbe", key),
                new XElement("DbConductorLeftOutProjects", ";" + string.Concat(leftOut.Keys.Select(project => project.Name + ";"))),
                new XElement("DbConductorLeftOutTests", string.Join(';', leftOut.Keys.Select(project => project.TestWord).OfType<string>().Select(word => $"**/*{word}*/**/*.cs;**/*{word}*.cs")))),
            new XElement("ItemGroup",
                leftOut.Select(pair => Item("DbConductorLeftOutProject", pair.Key.Name, pair.Value)),
                leftOut.Where(pair => pair.Key.IsSpark).Select(pair => Item("DbConductorLeftOutSpark", pair.Key.Name, pair.Value)),
                adapters.Select(adapter => Item("DbConductorLeftOutAdapter", adapter.Type, adapter.Reason))))
            .Save(PropsFile);

        static XElement Item(string name, string identity, string reason) => new(name, new XAttribute("Include", identity), new XAttribute("Reason", reason));
    }

    // NU1101: no such package; NU1102: no such version; NU1103: pre-releases only
    [GeneratedRegex(@"NU110[123]: Unable to find [a-z ]*package (?<id>[\w.-]+?)[.]?\s")]
    private static partial Regex Unfindable();

    // NU1603: A depends on B (>= 1.0) but B 1.0 was not found. The build treats it as an error, since it would run on versions that nobody tested.
    [GeneratedRegex(@"NU1603: .* but (?<id>[\w.-]+) (?<version>\S+) was not found")]
    private static partial Regex Replaced();

    [GeneratedRegex(@"error .*")]
    private static partial Regex ErrorLine();
}
