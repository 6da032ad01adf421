using System.Collections;
using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Starts Spark's driver as a process of this one, or gives the session that runs. A process has one, which all its runspaces share.</summary>
[Cmdlet(VerbsLifecycle.Start, "SparkSession")]
[OutputType(typeof(DbSparkSession))]
public sealed class StartSparkSessionCommand : DbCmdlet
{
    /// <summary>Where Spark runs: <c>local[*]</c> unless told, <c>local[2]</c>, <c>spark://host:7077</c>, <c>yarn</c>, <c>k8s://...</c>.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Master { get; set; }

    /// <summary>A profile of type Spark; else the one named <c>spark</c>, if there is one. Other parameters go over its settings.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string? Profile { get; set; }

    /// <summary>The folder of the Spark distribution; else <c>SPARK_HOME</c>, else the one whose <c>spark-submit</c> is on the PATH.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SparkHome { get; set; }

    /// <summary>Spark's own settings by their names, such as <c>@{ 'spark.sql.shuffle.partitions' = 8 }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Option { get; set; }

    /// <summary>Jar files of connectors and drivers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Jar { get; set; } = [];

    /// <summary>Connectors and drivers by their Maven coordinates, which Spark fetches.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Package { get; set; } = [];

    /// <summary>Where rows that are handed over and results lie; every executor must see it. Needed unless the master is local.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkPath { get; set; }

    /// <summary>How long the start may take; two minutes unless told.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void End()
    {
        SparkSettings profile = SparkStart.FromProfile(this, Profile);
        Dictionary<string, string> options = new(profile.Options, StringComparer.Ordinal);
        foreach ((string key, string value) in Option is null ? [] : Options.ToText(Option))
        {
            options[key] = value;
        }

        SparkSettings settings = profile with
        {
            Master = Master ?? profile.Master,
            SparkHome = SparkHome is null ? profile.SparkHome : ResolvePath(SparkHome),
            WorkPath = WorkPath is null ? profile.WorkPath : SparkSettings.IsAddress(WorkPath) ? WorkPath : ResolvePath(WorkPath),
            Options = options,
            Jars = Jar.Length == 0 ? profile.Jars : [.. Jar.SelectMany(JarFiles)],
            Packages = Package.Length == 0 ? profile.Packages : Package,
            Timeout = Timeout ?? profile.Timeout,
        };
        WriteObject(new DbSparkSession(SparkStart.Start(this, Log, Await, settings)));
    }

    /// <summary>The files that a path means, wildcards resolved; an address is left to Spark.</summary>
    private IEnumerable<string> JarFiles(string path)
    {
        if (SparkSettings.IsAddress(path))
        {
            return [path];
        }

        try
        {
            return [.. GetResolvedProviderPathFromPSPath(path, out _)];
        }
        catch (ItemNotFoundException error)
        {
            throw new DbConductorException(DbErrorKind.NotFound, $"There is no jar '{path}'.", error) { Target = path };
        }
    }
}
