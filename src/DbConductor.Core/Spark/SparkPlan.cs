namespace DbConductor.Spark;

/// <summary>What a call on Spark would do.</summary>
/// <param name="Columns">The columns that would come out; where rows are handed over, as their first 1,000 tell.</param>
/// <param name="Text">Spark's plan. It can quote what filters ask for; settings of connections are redacted.</param>
/// <param name="Sides">What would be read.</param>
/// <param name="Warnings">What the operator should know.</param>
public sealed record SparkPlan(IReadOnlyList<Column> Columns, string Text, IReadOnlyList<SparkPlanSide> Sides, IReadOnlyList<string> Warnings);

/// <summary>A side of a call on Spark.</summary>
/// <param name="How">What it is and how it would come to Spark.</param>
/// <param name="Query">What would be asked of its database, filters and columns included; null where Spark asks nothing.</param>
public sealed record SparkPlanSide(string How, string? Query);
