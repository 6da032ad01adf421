namespace DbConductor;

/// <summary>What is known of a table or collection.</summary>
/// <param name="Columns">Its columns in order.</param>
public sealed record TableSchema(IReadOnlyList<Column> Columns)
{
    /// <summary>The primary key's column names in order; empty where there is none.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>The database's own estimate of the number of rows; null where it keeps none.</summary>
    public long? RowEstimate { get; init; }

    /// <summary>
    /// Whether rows may bring columns beside these, with values of any type, as the documents of a collection may. Of the columns, those are sure that were declared.
    /// </summary>
    public bool TakesOthers { get; init; }

    /// <summary>
    /// Finds a column as PowerShell finds a property: the exact spelling first, else the only one that differs by case alone.
    /// </summary>
    /// <returns>The ordinal, or -1 where no column fits or several differ only by case.</returns>
    public int IndexOf(string name) => ColumnNames.IndexOf(Columns, name);
}
