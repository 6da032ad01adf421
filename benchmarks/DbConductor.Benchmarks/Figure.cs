using System.Text.Json.Serialization;

namespace DbConductor.Benchmarks;

/// <summary>One line of the results.</summary>
public sealed record Figure
{
    [JsonPropertyName("operation")]
    public required string Operation { get; init; }

    [JsonPropertyName("adapter")]
    public required string Adapter { get; init; }

    [JsonPropertyName("rows")]
    public required long Rows { get; init; }

    [JsonPropertyName("ours_rows_per_second")]
    public double? OursRowsPerSecond { get; init; }

    [JsonPropertyName("raw_rows_per_second")]
    public double? RawRowsPerSecond { get; init; }

    /// <summary>Ours over the raw driver's; above one, ours is faster.</summary>
    [JsonPropertyName("ratio")]
    public double? Ratio { get; init; }

    [JsonPropertyName("peak_mb")]
    public double? PeakMb { get; init; }

    /// <summary>Live heap after a collection, at that row of a stream.</summary>
    [JsonPropertyName("live_mb")]
    public double? LiveMb { get; init; }

    /// <summary>What is told in milliseconds: the module's import over a bare pwsh, and a table's way through all databases.</summary>
    [JsonPropertyName("milliseconds")]
    public double? Milliseconds { get; init; }

    /// <summary>The count and checksum with which a table came back.</summary>
    [JsonPropertyName("checksum")]
    public string? Checksum { get; init; }
}
