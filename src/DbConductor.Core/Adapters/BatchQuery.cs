namespace DbConductor;

/// <summary>What to read.</summary>
public sealed record BatchQuery(TableName Table)
{
    /// <summary>Which rows; null means all.</summary>
    public Filter? Where { get; init; }

    /// <summary>Which columns, in which order and by which names; empty means all.</summary>
    public IReadOnlyList<ColumnPick> Columns { get; init; } = [];

    /// <summary>In which order; empty means as they come.</summary>
    public IReadOnlyList<SortKey> OrderBy { get; init; } = [];

    /// <summary>How many rows to leave out first.</summary>
    public long Skip { get; init; }

    /// <summary>How many rows at most; null means all.</summary>
    public long? First { get; init; }

    /// <summary>How long the statement may take; null means without end.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Whether the query may be sent only when its first row is asked for, with its errors, so that a destination which takes the rows as they are packed
    /// (<see cref="IPackedRows"/>) can ask for that instead.
    /// </summary>
    public bool Deferred { get; init; }
}

/// <summary>A column that is read, and the name it gets.</summary>
public readonly record struct ColumnPick(string Source, string Name);

/// <summary>A column by which rows are ordered.</summary>
public readonly record struct SortKey(string Column, bool Descending = false);
