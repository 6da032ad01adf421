using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>Lists the packages whose files the module ships, with their licences, from what the packages say of themselves.</summary>
internal static class ThirdPartyNotices
{
    public static string Write()
    {
        var cache = Shell.Capture("dotnet", "nuget", "locals", "global-packages", "--list").Output.Split(':', 2)[1].Trim();
        var text = new StringBuilder("DbConductor ships files of these packages, each under its own licence.\n");
        var packages = Directory.GetFiles(Repository.Module, "*.deps.json", SearchOption.AllDirectories).SelectMany(Packages).Distinct().Order(StringComparer.Ordinal);
        foreach (var package in packages)
        {
            var (id, version) = (package.Split('/')[0], package.Split('/')[1]);
            var metadata = XDocument.Load(Path.Combine(cache, id.ToLowerInvariant(), version, id.ToLowerInvariant() + ".nuspec")).Root!.Elements().First();
            text.Append($"\n{id} {version}\n");
            foreach (var name in new[] { "authors", "copyright", "license", "licenseUrl", "projectUrl" })
            {
                if (metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value is { Length: > 0 } value)
                    text.Append($"  {name}: {value.Trim()}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Packages(string depsFile)
    {
        using var deps = JsonDocument.Parse(File.ReadAllText(depsFile));
        return deps.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name).ToList();
    }
}
