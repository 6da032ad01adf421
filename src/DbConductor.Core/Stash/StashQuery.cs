namespace DbConductor;

/// <summary>What is read of a stash.</summary>
public sealed record StashQuery
{
    /// <summary>Which rows; null means all.</summary>
    public Filter? Where { get; init; }

    /// <summary>Which columns, in which order and by which names; empty means all.</summary>
    public IReadOnlyList<ColumnPick> Columns { get; init; } = [];

    /// <summary>How many rows at most; null means all.</summary>
    public long? First { get; init; }
}
