using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DbConductor.Building;

/// <summary>What the module's manifest says of itself.</summary>
internal sealed partial record ModuleManifest(string Text)
{
    public string Version => Value("ModuleVersion");

    public static ModuleManifest Read() => new(File.ReadAllText(Repository.At("module", "DbConductor.psd1")));

    /// <summary>The entries that make a zip of the module a package of the gallery.</summary>
    public IEnumerable<(string Name, string Text)> NupkgParts()
    {
        var cmdlets = CmdletName().Matches(Text).Select(match => match.Value).ToList();
        string[] tags = ["PSModule", "PSEdition_Core", "PSIncludes_Cmdlet", .. cmdlets.SelectMany(name => new[] { $"PSCmdlet_{name}", $"PSCommand_{name}" })];
        XNamespace nuspec = "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd";
        yield return ("DbConductor.nuspec", new XElement(nuspec + "package", new XElement(nuspec + "metadata",
            new XElement(nuspec + "id", "DbConductor"),
            new XElement(nuspec + "version", Version),
            new XElement(nuspec + "authors", Value("Author")),
            new XElement(nuspec + "requireLicenseAcceptance", false),
            new XElement(nuspec + "license", new XAttribute("type", "expression"), "MIT"),
            new XElement(nuspec + "description", Value("Description")),
            new XElement(nuspec + "copyright", Value("Copyright")),
            new XElement(nuspec + "tags", string.Join(' ', tags)))).ToString());

        XNamespace relationships = "http://schemas.openxmlformats.org/package/2006/relationships";
        yield return ("_rels/.rels", new XElement(relationships + "Relationships", new XElement(relationships + "Relationship",
            new XAttribute("Type", "http://schemas.microsoft.com/packaging/2010/07/manifest"),
            new XAttribute("Target", "/DbConductor.nuspec"),
            new XAttribute("Id", "nuspec"))).ToString());

        XNamespace types = "http://schemas.openxmlformats.org/package/2006/content-types";
        var extensions = Directory.GetFiles(Repository.Module, "*", SearchOption.AllDirectories).Select(file => Path.GetExtension(file).TrimStart('.'))
            .Append("nuspec").Where(extension => extension.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);
        yield return ("[Content_Types].xml", new XElement(types + "Types",
            new XElement(types + "Default", new XAttribute("Extension", "rels"), new XAttribute("ContentType", "application/vnd.openxmlformats-package.relationships+xml")),
            extensions.Select(extension => new XElement(types + "Default", new XAttribute("Extension", extension), new XAttribute("ContentType", "application/octet"))),
            new XElement(types + "Override", new XAttribute("PartName", "/LICENSE"), new XAttribute("ContentType", "application/octet"))).ToString());
    }

    private string Value(string key) => Regex.Match(Text, $@"^\s*{key}\s*=\s*'([^']*)'", RegexOptions.Multiline) is { Success: true } match
        ? match.Groups[1].Value
        : throw new BuildException($"DbConductor.psd1 has no {key}");

    // those of CmdletsToExport; the approved verbs' form occurs nowhere else in the manifest
    [GeneratedRegex(@"(?<=')[A-Z][a-z]+-[A-Z]\w+(?=')")]
    private static partial Regex CmdletName();
}
