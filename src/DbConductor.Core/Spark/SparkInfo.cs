namespace DbConductor.Spark;

/// <summary>What a Spark session runs on.</summary>
public sealed record SparkInfo
{
    /// <summary>Its master.</summary>
    public required string Master { get; init; }

    /// <summary>Spark's version.</summary>
    public required string SparkVersion { get; init; }

    /// <summary>The Java that the driver runs on.</summary>
    public required string JavaVersion { get; init; }

    /// <summary>The folder of the Spark distribution.</summary>
    public required string SparkHome { get; init; }

    /// <summary>Spark's web page; null where it has none.</summary>
    public string? WebUrl { get; init; }

    /// <summary>The application's id on its cluster.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>The process of the driver, which ends with the session.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The loopback port on which the driver takes calls.</summary>
    public required int Port { get; init; }

    /// <summary>What the driver wrote, in a file that stays for thirty days: a later start then removes it.</summary>
    public required string LogPath { get; init; }

    /// <summary>The folder under which rows that are handed over and results lie while they are needed.</summary>
    public required string WorkPath { get; init; }

    /// <summary>What the operator should know of the start.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When it was ready.</summary>
    public required DateTimeOffset Started { get; init; }
}
