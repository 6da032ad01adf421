namespace DbConductor;

/// <summary>What happens to rows that are there already.</summary>
public enum SaveMode
{
    /// <summary>Rows are added; a key that is taken is an error.</summary>
    Insert,
    /// <summary>A row whose key is there gets the given columns, and only those; others are added.</summary>
    Upsert,
    /// <summary>A row whose key is there is left as it is; others are added.</summary>
    SkipExisting,
    /// <summary>The whole table is replaced by the given rows; readers see the old rows or the new.</summary>
    Overwrite,
}
