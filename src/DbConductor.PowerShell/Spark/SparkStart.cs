using System.Management.Automation.Runspaces;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Which settings a Spark session is started with, and which runspace started it.</summary>
internal static class SparkStart
{
    private const string ProfileType = "Spark";
    private const string DefaultProfile = "spark";

    private static Guid? s_owner;

    /// <summary>Gives the session that runs, or starts one, and shows how far that is.</summary>
    internal static ISparkSession Start(DbCmdlet cmdlet, PipelineLog log, Func<Func<CancellationToken, Task<ISparkSession>>, ISparkSession> await, SparkSettings settings)
    {
        ISparkSession? before = SparkHost.Process.Current;
        log.Track("Start Spark");
        ISparkSession session = await(cancel => SparkHost.Process.StartAsync(settings, log.Report, cancel));
        log.Done();
        if (session != before)
        {
            s_owner = Runspace.DefaultRunspace.InstanceId;
            foreach (string warning in session.Info.Warnings)
            {
                cmdlet.WriteWarning(warning);
            }

            cmdlet.WriteVerbose($"Spark {session.Info.SparkVersion} runs on {session.Info.Master}, its log is {session.Info.LogPath}.");
        }

        return session;
    }

    /// <summary>
    /// Gives the session that runs, or starts one: by the settings of one whose driver has ended although nobody stopped it, so that what was meant for a cluster does not
    /// go to this machine; else with what is configured.
    /// </summary>
    internal static ISparkSession Use(DbCmdlet cmdlet, PipelineLog log, Func<Func<CancellationToken, Task<ISparkSession>>, ISparkSession> await) =>
        SparkHost.Process.Current is { IsAlive: true } running ? running : Start(cmdlet, log, await, SparkHost.Process.Current?.Settings ?? FromProfile(cmdlet, null));

    /// <summary>Ends the session when the module is removed from the runspace that started it.</summary>
    internal static void EndWithModule()
    {
        if (s_owner is { } owner && owner == Runspace.DefaultRunspace?.InstanceId)
        {
            s_owner = null;
            SparkHost.Process.StopAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>The settings of a profile, or of the one named <c>spark</c> where there is one.</summary>
    internal static SparkSettings FromProfile(DbCmdlet cmdlet, string? name)
    {
        name ??= Profiles.Load(cmdlet).Names.FirstOrDefault(n => n.Equals(DefaultProfile, StringComparison.OrdinalIgnoreCase));
        if (name is null)
        {
            return new();
        }

        AdapterProfile profile = Profiles.Resolve(cmdlet, name, new());
        if (!profile.Type.Equals(ProfileType, StringComparison.OrdinalIgnoreCase))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"Profile '{name}' is of type {profile.Type}; a Spark session takes one of type {ProfileType}.") { Target = name };
        }

        Dictionary<string, string> own = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> spark = new(StringComparer.Ordinal);
        foreach ((string key, string value) in profile.Options)
        {
            (key.StartsWith("spark.", StringComparison.OrdinalIgnoreCase) ? spark : own)[key] = value;
        }

        string? Take(string key) => own.Remove(key, out string? value) ? value : null;
        SparkSettings settings = new()
        {
            Master = profile.Server,
            SparkHome = Take("sparkHome"),
            WorkPath = Take("workPath"),
            Jars = List(Take("jar")),
            Packages = List(Take("package")),
            Options = spark,
            Timeout = profile.Timeout,
        };
        return own.Count == 0 ? settings : throw new DbConductorException(
            DbErrorKind.InvalidArgument,
            $"Profile '{name}' has the option '{own.Keys.First()}', which means nothing to Spark. There are: sparkHome, workPath, jar, package, and Spark's own settings, which begin with 'spark.'; the master is its server.")
        { Target = name };
    }

    private static string[] List(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
