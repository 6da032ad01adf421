using DbConductor.Files;
using DbConductor.Spark;

namespace DbConductor;

/// <summary>One side of a join, not opened yet.</summary>
/// <param name="Description">What it is, for messages.</param>
/// <param name="Open">Opens its rows.</param>
public sealed record JoinInput(string Description, Func<CancellationToken, Task<RowReader>> Open)
{
    /// <summary>The database that has it in a table; null for anything else.</summary>
    public IDbOperations? Source { get; init; }

    /// <summary>What is read of that table; null where it cannot stand for the rows.</summary>
    public BatchQuery? Query { get; init; }

    /// <summary>How Spark is to read the table by several statements at once; null where nothing was said.</summary>
    public SparkPartitioning? Partitioning { get; init; }

    /// <summary>The frame that it is; null for anything else.</summary>
    public ISparkFrame? Frame { get; init; }

    /// <summary>The files that have it; null for anything else.</summary>
    public FileSet? Files { get; init; }

    /// <summary>Why the table cannot stand for the rows, as a clause.</summary>
    internal string? Refusal { get; init; }

    /// <summary>The columns that the rows have, where the table's are not theirs.</summary>
    internal IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>Keeps the table from being removed while it is read.</summary>
    internal Func<CancellationToken, Task<IAsyncDisposable>>? Hold { get; init; }

    /// <summary>A side that is a table.</summary>
    public static JoinInput OfTable(string description, IDbOperations source, BatchQuery query) =>
        new(description, cancel => source.GetAsync(query, cancel)) { Source = source, Query = query };

    /// <summary>A side that is a frame of Spark.</summary>
    public static JoinInput OfFrame(ISparkFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new($"frame of {frame.Description}", async cancel => (await frame.ReadAsync(new SparkCall($"read {frame.Description}"), cancel).ConfigureAwait(false)).Rows) { Frame = frame };
    }
}
