namespace DbConductor.Building;

/// <summary>What was built, and how.</summary>
/// <param name="Options">What the command line asked for.</param>
/// <param name="Built">The adapters that were built.</param>
/// <param name="LeftOut">Those that were not, and the sentence that says why.</param>
internal sealed record Build(Options Options, IReadOnlyList<AdapterProject> Built, IReadOnlyDictionary<string, string> LeftOut)
{
    /// <summary>Probes for packages, then builds the solution, which lays the module out in <c>out/DbConductor</c>.</summary>
    public static Build Run(Options options)
    {
        var adapters = AdapterProject.All();
        var leftOut = PackageProbe.Run(adapters, options.Probe);
        // not dotnet build: that adds a summary even when asked to be quiet
        Shell.Dotnet("msbuild", Repository.Solution, "-restore", "-m", "-v:q", "-nologo", $"-p:Configuration={options.Configuration}");
        var built = adapters.Where(adapter => !leftOut.ContainsKey(adapter.Type)).ToList();
        Console.WriteLine($"built out/DbConductor with {string.Join(", ", built.Select(adapter => adapter.Type))}");
        return new Build(options, built, leftOut);
    }
}
