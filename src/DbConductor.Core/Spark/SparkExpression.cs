namespace DbConductor.Spark;

/// <summary>An expression of Spark SQL that makes a column.</summary>
/// <param name="Text">The expression; the name of a column means that column, whatever characters are in it.</param>
/// <param name="Name">What the column is called; null where that is left to Spark.</param>
public readonly record struct SparkExpression(string Text, string? Name = null);
