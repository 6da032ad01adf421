namespace DbConductor;

/// <summary>What a write did.</summary>
public sealed record SaveResult
{
    /// <summary>Rows taken from the input and landed: inserted, updated, or, with SkipExisting, added.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows of the input that were left out because their key was there (SkipExisting) or came again later in the same input.</summary>
    public long Skipped { get; init; }

    /// <summary>Rows refused one by one, where rejecting is on.</summary>
    public long Rejected { get; init; }

    /// <summary>
    /// Rows that an earlier call with the same <see cref="SaveOptions.BatchId"/> had landed: all of them where the batch was complete,
    /// those of its commits where it had been broken off. They are not in <see cref="Rows"/>.
    /// </summary>
    public long Replayed { get; init; }

    /// <summary>What the call came to.</summary>
    public SaveStatus Status { get; init; } = SaveStatus.Saved;

    /// <summary>The path taken, for people: <c>binary COPY</c>, <c>prepared insert</c>, ...</summary>
    public required string Path { get; init; }

    /// <summary>Bytes sent, where the driver tells.</summary>
    public long? Bytes { get; init; }

    /// <summary>Whether the table was created.</summary>
    public bool Created { get; init; }

    /// <summary>How many commits the call made; 0 inside a transaction.</summary>
    public int Commits { get; init; }

    /// <summary>What the operator should know: a mix of types that became text, a column of nulls only, ...</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What a write came to.</summary>
public enum SaveStatus
{
    /// <summary>The rows were written.</summary>
    Saved,
    /// <summary>The batch was there already; nothing was written.</summary>
    Replayed,
}
