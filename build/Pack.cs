using System.IO.Compression;

namespace DbConductor.Building;

/// <summary>Packs the module for PSGallery (nupkg) and for unpacking by hand (zip), and imports what it packed from a clean folder.</summary>
internal static class Pack
{
    /// <summary>Empties the module's folder, so that nothing is packed that the build did not just lay there.</summary>
    public static void Clean()
    {
        if (Directory.Exists(Repository.Module))
            Directory.Delete(Repository.Module, recursive: true);
    }

    public static int Run(Build build)
    {
        if (build.LeftOut.Count > 0)
            Console.WriteLine("this pack lacks what was left out: do not publish it");
        var manifest = ModuleManifest.Read();
        if (manifest.Version != Repository.Version)
            throw new BuildException($"DbConductor.psd1 says version {manifest.Version}, Directory.Build.props {Repository.Version}");
        File.WriteAllText(Path.Combine(Repository.Module, "THIRD-PARTY-NOTICES.txt"), ThirdPartyNotices.Write());

        var name = Path.Combine(Repository.Output, $"DbConductor.{manifest.Version}");
        // unpacked into a folder of PSModulePath, these are the names that PowerShell looks for
        Zip(name + ".zip", $"DbConductor/{manifest.Version}/", []);
        Zip(name + ".nupkg", "", manifest.NupkgParts());
        return Check(manifest, name + ".zip");
    }

    private static void Zip(string file, string prefix, IEnumerable<(string Name, string Text)> more)
    {
        File.Delete(file);
        using var archive = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var source in Directory.GetFiles(Repository.Module, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            archive.CreateEntryFromFile(source, prefix + Path.GetRelativePath(Repository.Module, source).Replace('\\', '/'), CompressionLevel.SmallestSize);
        foreach (var (name, text) in more)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }

        Console.WriteLine($"packed {Path.GetRelativePath(Repository.Root, file)}, {new FileInfo(file).Length / 1e6:F1} MB");
    }

    private static int Check(ModuleManifest manifest, string zip)
    {
        if (PowerShellHost.Find() is not { } pwsh)
        {
            Console.WriteLine("the pack was not imported, since there is no pwsh");
            return 0;
        }

        var modules = Directory.CreateTempSubdirectory("dbconductor-pack-").FullName;
        try
        {
            ZipFile.ExtractToDirectory(zip, modules);
            return pwsh.Run(["-File", Repository.At("build", "check-pack.ps1"), modules, manifest.Version]);
        }
        finally
        {
            Directory.Delete(modules, recursive: true);
        }
    }
}
