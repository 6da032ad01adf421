namespace DbConductor;

/// <summary>How two row streams are joined; the same on every engine.</summary>
/// <param name="On">The columns that must be equal, at least one pair. Null matches nothing, not even null.</param>
public sealed record JoinSpec(IReadOnlyList<JoinOn> On)
{
    /// <summary>Which rows come out.</summary>
    public JoinType Type { get; init; } = JoinType.Inner;

    /// <summary>Which columns come out, in which order and by which names; empty means all. Sources are named as they would be called with all of them.</summary>
    public IReadOnlyList<ColumnPick> Columns { get; init; } = [];

    /// <summary>What is put behind a right column's name where the left side has that name too.</summary>
    public string Suffix { get; init; } = "_right";

    /// <summary>How many bytes of rows are kept in memory before both sides are put into temporary files; null: 512 MB, or a quarter of the memory there is if that is less.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>How many bytes a part in temporary files may take in memory whatever the limit is: dividing it further would only cost.</summary>
    internal long LeastPartBytes { get; init; } = 256 << 10;
}

/// <summary>A left and a right column that must be equal.</summary>
public readonly record struct JoinOn(string Left, string Right);
