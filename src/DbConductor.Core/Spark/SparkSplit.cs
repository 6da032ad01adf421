namespace DbConductor.Spark;

/// <summary>A table's ranges, each of which Spark reads by a statement of its own, so that every row is in exactly one of them. Disposed when Spark has read it.</summary>
/// <param name="Column">The column that they are ranges of.</param>
/// <param name="Predicates">The ranges, as conditions.</param>
public sealed record SparkSplit(string Column, IReadOnlyList<string> Predicates) : IAsyncDisposable
{
    /// <summary>Options of the connector beside those of the read, by which all statements see one state of the table.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What the operator should know: that they do not see one state; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>What keeps that state while it is read.</summary>
    public IAsyncDisposable? Hold { get; init; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Hold?.DisposeAsync() ?? default;
}
