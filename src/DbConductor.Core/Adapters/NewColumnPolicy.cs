namespace DbConductor;

/// <summary>What happens to a column that rows bring and the table lacks, where the rows have no fixed shape.</summary>
public enum NewColumnPolicy
{
    /// <summary>It is an error that names the column and the row; nothing is written.</summary>
    Stop,
    /// <summary>The table gets it. The rows are set aside first, to know all of them with their types before the first one is written.</summary>
    Add,
    /// <summary>It is gathered, with others like it, in one column of JSON: <see cref="SaveOptions.GatheredName"/>.</summary>
    Json,
}
