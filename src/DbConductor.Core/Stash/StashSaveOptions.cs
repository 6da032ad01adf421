namespace DbConductor;

/// <summary>How rows are put into a stash.</summary>
public sealed record StashSaveOptions
{
    /// <summary>Declared types by column; other columns keep the types with which they come.</summary>
    public IReadOnlyDictionary<string, PortableType> ColumnTypes { get; init; } = new Dictionary<string, PortableType>();

    /// <summary>Texts that mean null, by column; the entry under the empty name holds for every column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NullTexts { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>After how long the version may be removed; null means never.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>The lease under which the writer works; without one, a stash that somebody else holds is refused.</summary>
    public StashLease? Lease { get; init; }

    /// <summary>Called now and then with the number of rows sent so far, on any thread.</summary>
    public Action<long>? OnProgress { get; init; }
}
