namespace DbConductor.Spark;

/// <summary>Rows that Spark has made, complete and waiting in files.</summary>
/// <param name="Rows">The rows. The files go with the reader.</param>
/// <param name="Path">How each side came to Spark, for people.</param>
/// <param name="Warnings">What the operator should know: a mix of types that became text, ...</param>
public sealed record SparkResult(RowReader Rows, string Path, IReadOnlyList<string> Warnings);
