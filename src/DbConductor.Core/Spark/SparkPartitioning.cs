namespace DbConductor.Spark;

/// <summary>How an operator wants a table to be read by several statements at once. Without it, the table's adapter chooses.</summary>
public sealed record SparkPartitioning
{
    /// <summary>How many ranges there are at most where the operator has not said how many.</summary>
    public const int Usual = 8;

    /// <summary>The column whose ranges are read beside each other; null for the first one of the primary key.</summary>
    public string? Column { get; init; }

    /// <summary>How many ranges, and so connections to the database, at most; null for as many as the adapter chooses.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether each range may be read as the table is at its own moment, where the database gives several connections no common one.</summary>
    public bool AllowSkew { get; init; }

    /// <summary>Whether values of a kind can be counted from one to the next, so that they have ranges.</summary>
    public static bool IsCountable(PortableKind kind) =>
        kind is PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 or PortableKind.Date or PortableKind.DateTime or PortableKind.DateTimeOffset;

    /// <summary>Whether ranges are asked for.</summary>
    public bool IsAsked => Partitions != 1 && (Column is not null || Partitions is not null);
}
