using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>
/// Asks once whether each adapter's packages restore. One package that no source has would stop the restore of the whole solution, so this runs before it,
/// and leaves the adapters concerned out of every later build, a plain <c>dotnet build</c> included.
/// </summary>
internal static partial class PackageProbe
{
    private static string PropsFile => Repository.At("adapters.props");

    /// <summary>Which adapters are left out, and the sentence that says why; by type.</summary>
    public static IReadOnlyDictionary<string, string> Run(IReadOnlyList<AdapterProject> adapters, bool force)
    {
        var key = Key(adapters);
        var leftOut = force ? null : ReadProps(key);
        if (leftOut is null)
        {
            var answers = new (string? Why, bool Final)[adapters.Count];
            Parallel.For(0, adapters.Count, i => answers[i] = Restore(adapters[i]));
            leftOut = [];
            foreach (var (adapter, (why, _)) in adapters.Zip(answers))
            {
                if (why is not null)
                    leftOut.Add(adapter.Type, $"{adapter.Type} adapter left out: {why}");
            }

            // a source that did not answer may answer next time: such a result is not kept
            WriteProps(answers.All(answer => answer.Final) ? key : "", leftOut);
        }

        foreach (var sentence in leftOut.Values)
            Console.WriteLine(sentence);
        return leftOut;
    }

    /// <summary>Restores a project of its own that has this adapter's packages and nothing else, at exactly their versions.</summary>
    /// <returns>Why it does not restore, or null; and whether asking again would give the same answer.</returns>
    private static (string? Why, bool Final) Restore(AdapterProject adapter)
    {
        if (adapter.Packages.Count == 0)
            return (null, true);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Output, "probe", adapter.Type)).FullName;
        var project = Path.Combine(folder, "probe.csproj");
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", "net8.0"),
                new XElement("TreatWarningsAsErrors", true),
                new XElement("NuGetAudit", false)),
            new XElement("ItemGroup", adapter.Packages.Select(package =>
                new XElement("PackageReference", new XAttribute("Include", package.Id), new XAttribute("Version", $"[{package.Version}]")))))
            .Save(project);
        var (exitCode, output) = Shell.Capture("dotnet", "restore", project, "--force", "-v", "q", "-nologo",
            "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false");
        return exitCode == 0 ? (null, true) : Explain(adapter, output);
    }

    private static (string Why, bool Final) Explain(AdapterProject adapter, string output)
    {
        foreach (var (id, version) in adapter.Packages)
        {
            if (Unfindable().Matches(output).Any(match => match.Groups["id"].Value.Equals(id, StringComparison.OrdinalIgnoreCase)))
                return ($"{id} {version} is not on the configured NuGet sources", true);
        }

        var packages = string.Join(", ", adapter.Packages.Select(package => $"{package.Id} {package.Version}"));
        if (Unfindable().Match(output) is { Success: true } missing)
            return ($"{missing.Groups["id"].Value}, which {packages} needs, is not on the configured NuGet sources", true);
        if (Replaced().Match(output) is { Success: true } replaced)
            return ($"{replaced.Groups["id"].Value} {replaced.Groups["version"].Value}, which {packages} needs, is not on the configured NuGet sources", true);
        var error = ErrorLine().Match(output);
        return ($"{packages} does not restore ({(error.Success ? error.Value.Trim() : "dotnet restore gave no reason")})", false);
    }

    private static string Key(IReadOnlyList<AdapterProject> adapters)
    {
        // a folder source says by its files what it has
        var sources = Shell.Capture("dotnet", "nuget", "list", "source", "--format", "short").Output;
        var files = from line in sources.Split('\n')
                    let folder = line.Length > 2 ? line[2..].Trim() : ""
                    where Path.IsPathRooted(folder) && Directory.Exists(folder)
                    from file in Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal)
                    select Path.GetFileName(file);
        var packages = adapters.SelectMany(adapter => adapter.Packages.Select(package => $"{adapter.Type} {package.Id} {package.Version}"));
        var text = string.Join('\n', [.. packages, sources, .. files]);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private static Dictionary<string, string>? ReadProps(string key)
    {
        if (!File.Exists(PropsFile))
            return null;
        var props = XDocument.Load(PropsFile).Root!;
        return props.Descendants("DbConductorProbe").FirstOrDefault()?.Value == key
            ? props.Descendants("DbConductorLeftOut").ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Reason")!.Value)
            : null;
    }

    private static void WriteProps(string key, Dictionary<string, string> leftOut) =>
        new XElement("Project",
            new XComment(" Written by build.sh: which adapters this machine's NuGet sources can build. Delete it, or build with probe, to ask again. "),
            new XElement("PropertyGroup",
                new XElement("DbConductorProbe", key),
                new XElement("DbConductorLeftOutProjects", ";" + string.Concat(leftOut.Keys.Select(type => $"{AdapterProject.Prefix}{type};"))),
                new XElement("DbConductorLeftOutTests", string.Join(';', leftOut.Keys.Select(type => $"**/*{type}*/**/*.cs;**/*{type}*.cs")))),
            new XElement("ItemGroup", leftOut.Select(pair =>
                new XElement("DbConductorLeftOut", new XAttribute("Include", pair.Key), new XAttribute("Reason", pair.Value)))))
            .Save(PropsFile);

    // NU1101: no such package; NU1102: no such version; NU1103: pre-releases only
    [GeneratedRegex(@"NU110[123]: Unable to find [a-z ]*package (?<id>[\w.-]+?)[.]?\s")]
    private static partial Regex Unfindable();

    // NU1603: A depends on B (>= 1.0) but B 1.0 was not found. The build treats it as an error, since it would run on versions that nobody tested.
    [GeneratedRegex(@"NU1603: .* but (?<id>[\w.-]+) (?<version>\S+) was not found")]
    private static partial Regex Replaced();

    [GeneratedRegex(@"error .*")]
    private static partial Regex ErrorLine();
}
