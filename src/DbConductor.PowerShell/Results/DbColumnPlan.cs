namespace DbConductor.PowerShell;

/// <summary>What becomes of one column on its way into a table.</summary>
/// <param name="Source">The column of the input; null where it has none.</param>
/// <param name="SourceType">Its portable type.</param>
/// <param name="Target">The table's column.</param>
/// <param name="TargetType">Its native type.</param>
/// <param name="Note">What narrows, or what would be refused; empty where every value fits.</param>
public sealed record DbColumnPlan(string? Source, string? SourceType, string Target, string TargetType, string Note)
{
    /// <summary>The source database's own name of the type; null where the input comes from no database.</summary>
    public string? SourceNativeType { get; init; }

    /// <summary>Values that the source's column may hold and that are refused when they are read; empty where there are none.</summary>
    public string Unreadable { get; init; } = "";
}
