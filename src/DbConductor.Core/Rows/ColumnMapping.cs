namespace DbConductor;

/// <summary>Where a column of the target gets its values.</summary>
/// <param name="Source">The ordinal in the source.</param>
/// <param name="Target">The column that the values are converted to. Null is refused where it takes none and the database has no default for it.</param>
/// <param name="InKey">Whether it is part of the key by which rows are matched, where null is refused whatever the column takes.</param>
public readonly record struct ColumnMapping(int Source, Column Target, bool InKey = false);
