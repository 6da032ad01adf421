using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>The process's Spark session, as Start-SparkSession returns it.</summary>
public sealed class DbSparkSession
{
    private const int MostJobs = 50;

    internal DbSparkSession(ISparkSession session) => Inner = session;

    /// <summary>Its master, such as <c>local[*]</c>.</summary>
    public string Master => Inner.Info.Master;

    /// <summary><c>Running</c>, or <c>Ended</c> where its driver has.</summary>
    public string State => Inner.IsAlive ? "Running" : "Ended";

    /// <summary>Spark's version.</summary>
    public string SparkVersion => Inner.Info.SparkVersion;

    /// <summary>The version of the Java that the driver runs on.</summary>
    public string JavaVersion => Inner.Info.JavaVersion;

    /// <summary>The folder of the Spark distribution.</summary>
    public string SparkHome => Inner.Info.SparkHome;

    /// <summary>Spark's web page; null where it has none.</summary>
    public string? WebUrl => Inner.Info.WebUrl;

    /// <summary>The application's id on its cluster.</summary>
    public string ApplicationId => Inner.Info.ApplicationId;

    /// <summary>The numbers of the jobs that run now.</summary>
    public int[] ActiveJobs => Inner.ActiveJobs().ToArray();

    /// <summary>The jobs that ran and run as they are now, the newest 50, newest first. Each is named after the cmdlet's call that it belongs to.</summary>
    public DbSparkJob[] Jobs => [.. Inner.Jobs(MostJobs).Select(job => new DbSparkJob(job))];

    /// <summary>The process of the driver.</summary>
    public int ProcessId => Inner.Info.ProcessId;

    /// <summary>The loopback port on which the driver takes calls.</summary>
    public int Port => Inner.Info.Port;

    /// <summary>What the driver wrote.</summary>
    public string LogPath => Inner.Info.LogPath;

    /// <summary>The folder in which rows lie while they are needed.</summary>
    public string WorkPath => Inner.Info.WorkPath;

    /// <summary>When it was ready.</summary>
    public DateTimeOffset Started => Inner.Info.Started;

    internal ISparkSession Inner { get; }

    /// <summary>Its master.</summary>
    public override string ToString() => Master;
}
