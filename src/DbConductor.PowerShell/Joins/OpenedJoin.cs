namespace DbConductor.PowerShell;

/// <summary>A join or query whose rows can be read.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Path">Which engine joins and why, for people; final once all rows are read.</param>
/// <param name="Warnings">What the operator should know.</param>
internal sealed record OpenedJoin(RowReader Rows, Func<string> Path, IReadOnlyList<string> Warnings);
