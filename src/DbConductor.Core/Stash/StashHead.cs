namespace DbConductor;

/// <summary>The row of <see cref="StashTables.Heads"/> of one name.</summary>
internal sealed record StashHead(string Name, long Version, string? VersionId, long Fence, string? LeaseOwner, long LeaseUntil)
{
    internal string Id => StashTables.IdOf(Name);

    internal object?[] ToValues() => [Id, Name, Version, VersionId, Fence, LeaseOwner, LeaseUntil];

    /// <summary>The columns of <see cref="StashTables.HeadSchema"/>, in order.</summary>
    internal static StashHead Read(StashRow row) =>
        new(row.Text(1)!, row.Number(2)!.Value, row.Text(3), row.Number(4)!.Value, row.Text(5), row.Number(6)!.Value);
}

/// <summary>A row of one of the manifest's tables.</summary>
internal readonly struct StashRow(RowReader row, TableSchema schema)
{
    internal string? Text(int i) => Value(i) as string;

    internal long? Number(int i) => Value(i) as long?;

    private object? Value(int i) => ValueConversion.Convert(row.IsDBNull(i) ? null : row.GetValue(i), schema.Columns[i]);
}
