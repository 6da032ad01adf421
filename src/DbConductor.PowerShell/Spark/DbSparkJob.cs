using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>A job of a Spark session, as Spark's web page shows it.</summary>
public sealed class DbSparkJob
{
    internal DbSparkJob(SparkJob job)
    {
        (Id, Name, Status, Started, Elapsed) = (job.Id, job.Name, job.Status, job.Started, job.Elapsed);
        (Stages, CompletedStages, Tasks, CompletedTasks) = (job.Stages, job.CompletedStages, job.Tasks, job.CompletedTasks);
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>What it belongs to.</summary>
    public string Name { get; }

    /// <summary><c>Running</c>, <c>Succeeded</c>, <c>Failed</c> (also where it was cancelled) or <c>Unknown</c>.</summary>
    public string Status { get; }

    /// <summary>How many stages it has.</summary>
    public int Stages { get; }

    /// <summary>How many of them are done.</summary>
    public int CompletedStages { get; }

    /// <summary>How many tasks it has, without those of stages that need not run.</summary>
    public int Tasks { get; }

    /// <summary>How many of them are done.</summary>
    public int CompletedTasks { get; }

    /// <summary>When it began; null where that is not known.</summary>
    public DateTimeOffset? Started { get; }

    /// <summary>How long it has run, or ran; null likewise.</summary>
    public TimeSpan? Elapsed { get; }

    /// <summary>Name and status.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
