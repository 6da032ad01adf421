using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A side that Spark can read.</summary>
/// <param name="Columns">Its columns; the frame has them under the names <c>c0</c>, <c>c1</c>, ...</param>
/// <param name="Open">Makes the frame; called on the thread of the call.</param>
/// <param name="How">What it is and how it comes to Spark, for people.</param>
internal sealed record Side(IReadOnlyList<SideColumn> Columns, Func<SparkSession, DataFrame> Open, string How)
{
    /// <summary>What the operator should know.</summary>
    internal IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is asked of its database; null for nothing.</summary>
    internal string? Query { get; init; }

    /// <summary>What must stay as it is while the frame is used, to be disposed then; null for nothing.</summary>
    internal IAsyncDisposable? Hold { get; init; }

    /// <summary>The name of a column in the frame.</summary>
    internal static string Name(int ordinal) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{ordinal}");
}
