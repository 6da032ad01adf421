namespace DbConductor.Building;

/// <summary>What was built, and how.</summary>
/// <param name="Options">What the command line asked for.</param>
/// <param name="Adapters">The types of the adapters that were built.</param>
/// <param name="LeftOut">The projects that were not, and the sentence that says why.</param>
internal sealed record Build(Options Options, IReadOnlyList<string> Adapters, IReadOnlyDictionary<string, string> LeftOut)
{
    /// <summary>Probes for packages, then builds the solution, which lays the module out in <c>out/DbConductor</c>.</summary>
    public static Build Run(Options options)
    {
        var projects = OptionalProject.All();
        var leftOut = PackageProbe.Run(projects, options.Probe);
        // not dotnet build: that adds a summary even when asked to be quiet
        Shell.Dotnet("msbuild", Repository.Solution, "-restore", "-m", "-v:q", "-nologo", $"-p:Configuration={options.Configuration}");
        HelpFile.Make();
        var adapters = projects.Where(project => !leftOut.ContainsKey(project.Name)).Select(project => project.AdapterType).OfType<string>().ToList();
        RemoveOthers(adapters);
        Console.WriteLine($"built out/DbConductor with {string.Join(", ", adapters)}");
        return new Build(options, adapters, leftOut);
    }

    // an adapter of an earlier build, which this one left out, would be found and loaded as if it belonged to it
    private static void RemoveOthers(List<string> adapters)
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(Repository.Module, "bin", "adapters")))
        {
            if (!adapters.Contains(Path.GetFileName(folder), StringComparer.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
