namespace DbConductor;

/// <summary>What <see cref="SchemaInference"/> found.</summary>
/// <param name="Schema">The columns and the key that a new table gets.</param>
/// <param name="Warnings">What the operator should know: columns that became text for want of anything better.</param>
/// <param name="Rows">The whole stream, from its first row on. Owns the reader that was looked at.</param>
public sealed record InferredRows(TableSchema Schema, IReadOnlyList<string> Warnings, RowReader Rows);
