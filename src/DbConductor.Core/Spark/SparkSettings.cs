namespace DbConductor.Spark;

/// <summary>How a Spark session is started. What is null is left to the default, and fits any session that runs already.</summary>
public sealed record SparkSettings
{
    /// <summary>Where Spark runs: <c>local[*]</c> (the default), <c>local[2]</c>, <c>spark://host:7077</c>, <c>yarn</c>, <c>k8s://...</c>.</summary>
    public string? Master { get; init; }

    /// <summary>The folder of the Spark distribution; else <c>SPARK_HOME</c>, else the one whose <c>spark-submit</c> is on the PATH.</summary>
    public string? SparkHome { get; init; }

    /// <summary>Where rows that are handed over and results lie; every executor must see it. Needed unless the master is local. An address (<c>hdfs://host/folder</c>) is one of a file system that Spark reaches.</summary>
    public string? WorkPath { get; init; }

    /// <summary>Spark's own settings by their names, such as <c>spark.executor.memory</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Jar files of connectors and drivers.</summary>
    public IReadOnlyList<string> Jars { get; init; } = [];

    /// <summary>Connectors and drivers by their Maven coordinates, which Spark fetches.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>How long the start may take; two minutes unless told.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether the master is this machine alone.</summary>
    public bool IsLocal => Master?.StartsWith("local", StringComparison.OrdinalIgnoreCase) != false;

    /// <summary>Whether a path is an address of a file system, which Spark resolves.</summary>
    public static bool IsAddress(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Contains("://", StringComparison.Ordinal);
    }

    /// <summary>Why a session that was started by other settings does not do for these; null where it does.</summary>
    /// <param name="running">The settings of the session that runs.</param>
    internal string? Differs(SparkSettings running)
    {
        if (Master is not null && Master != running.Master)
        {
            return $"its master is {running.Master} and not {Master}";
        }

        if (SparkHome is not null && Path.GetFullPath(SparkHome) != Path.GetFullPath(running.SparkHome!))
        {
            return $"its Spark is in {running.SparkHome}";
        }

        if (WorkPath is not null && WorkPath != running.WorkPath)
        {
            return $"its work path is {running.WorkPath}";
        }

        if (Options.FirstOrDefault(o => !running.Options.TryGetValue(o.Key, out string? value) || value != o.Value) is { Key: { } key })
        {
            return $"its option {key} is another";
        }

        return Jars.Concat(Packages).Except(running.Jars.Concat(running.Packages)).FirstOrDefault() is { } jar ? $"it was started without {jar}" : null;
    }
}
