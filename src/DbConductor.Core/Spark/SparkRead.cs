namespace DbConductor.Spark;

/// <summary>How Spark reads a table, or why it cannot.</summary>
public sealed record SparkRead
{
    /// <summary>Why Spark cannot give the rows as they are, as a clause; null where it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>Where the database is.</summary>
    public SparkConnection? Connection { get; init; }

    /// <summary>The connector's options that say what is read: the query whose columns are called <c>c0</c>, <c>c1</c>, ... Filters and columns are part of it.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The columns that come in Spark's words (<c>c0 INT, c1 STRING</c>), for a connector that would otherwise infer them; null where it knows them.</summary>
    public string? Schema { get; init; }

    /// <summary>The columns that come out.</summary>
    public IReadOnlyList<SparkReadColumn> Columns { get; init; } = [];

    /// <summary>
    /// Readies a read by several statements at once, for a JDBC source: called with the number of tasks that Spark runs at once, as the read begins. It gives null where one
    /// statement reads the table after all; it is null itself where that is known before.
    /// </summary>
    public Func<int, CancellationToken, Task<SparkSplit?>>? SplitAsync { get; init; }

    /// <summary>What the operator should know; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>One that says why not.</summary>
    public static SparkRead No(string refusal) => new() { Refusal = refusal };
}

/// <summary>A column that Spark reads.</summary>
/// <param name="Column">What it is.</param>
/// <param name="IsText">Whether the query gives it as text that has the value's one form.</param>
public readonly record struct SparkReadColumn(Column Column, bool IsText)
{
    /// <summary>The expression of Spark's that makes the column of what comes, in the type in which Spark has it; null where its type alone tells.</summary>
    public string? Expression { get; init; }
}
