namespace DbConductor;

/// <summary>What a write would do.</summary>
public sealed record SavePlan
{
    /// <summary>The table.</summary>
    public required TableName Table { get; init; }

    /// <summary>The path that would be taken.</summary>
    public required string Path { get; init; }

    /// <summary>The mode.</summary>
    public required SaveMode Mode { get; init; }

    /// <summary>The number of rows, where it is known beforehand.</summary>
    public long? Rows { get; init; }

    /// <summary>Statements that would create what is missing, in order.</summary>
    public IReadOnlyList<string> Ddl { get; init; } = [];

    /// <summary>What becomes of each column.</summary>
    public IReadOnlyList<ColumnPlan> Columns { get; init; } = [];

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What becomes of one column on its way into a table.</summary>
/// <param name="Source">The column of the input; null where the input has none and the table's default or null is written.</param>
/// <param name="SourceType">Its portable type.</param>
/// <param name="Target">The table's column.</param>
/// <param name="TargetType">Its native type.</param>
/// <param name="Note">What narrows, or what would be refused; empty where every value fits.</param>
public sealed record ColumnPlan(string? Source, string? SourceType, string Target, string TargetType, string Note)
{
    /// <summary>The source database's own name of the type; null where the input comes from no database.</summary>
    public string? SourceNativeType { get; init; }

    /// <summary>Values that the source's column may hold and that are refused when they are read, since its portable type has none for them; empty where there are none.</summary>
    public string Unreadable { get; init; } = "";

    /// <summary>What becomes of a column of the input.</summary>
    /// <param name="source">The column of the input.</param>
    /// <param name="target">The table's column, with its native type and limits.</param>
    public static ColumnPlan Of(Column source, Column target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        return new(source.Name, source.Type.ToString(), target.Name, target.NativeType ?? target.Type.ToString(), Narrowing.Note(source, target))
        {
            SourceNativeType = source.NativeType,
            Unreadable = string.Join(", ", source.Limits.Exceeds),
        };
    }
}
