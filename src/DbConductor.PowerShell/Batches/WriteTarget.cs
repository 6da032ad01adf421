namespace DbConductor.PowerShell;

/// <summary>Where a write goes, and how.</summary>
/// <param name="Operations">The session or its transaction.</param>
/// <param name="Table">The table or collection.</param>
/// <param name="Options">What the cmdlet's parameters say.</param>
internal sealed record WriteTarget(IDbOperations Operations, TableName Table, SaveOptions Options);
