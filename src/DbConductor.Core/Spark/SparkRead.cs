namespace DbConductor.Spark;

/// <summary>How Spark reads a table, or why it cannot.</summary>
public sealed record SparkRead
{
    /// <summary>Why Spark cannot give the rows as they are, as a clause; null where it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>The query, whose columns are called <c>c0</c>, <c>c1</c>, ...; its values are literals.</summary>
    public string Query { get; init; } = "";

    /// <summary>The columns that come out.</summary>
    public IReadOnlyList<SparkReadColumn> Columns { get; init; } = [];

    /// <summary>Where the database is.</summary>
    public SparkConnection? Connection { get; init; }

    /// <summary>One that says why not.</summary>
    public static SparkRead No(string refusal) => new() { Refusal = refusal };
}

/// <summary>A column that Spark reads.</summary>
/// <param name="Column">What it is.</param>
/// <param name="IsText">Whether the query gives it as text that has the value's one form.</param>
public readonly record struct SparkReadColumn(Column Column, bool IsText);
