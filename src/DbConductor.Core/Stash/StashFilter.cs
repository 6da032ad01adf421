namespace DbConductor;

/// <summary>A filter on a stash's columns as one on its table's.</summary>
internal sealed class StashFilter(StashVersion version)
{
    private readonly Column[] _columns = [.. version.Columns.Select(c => new Column(c.Name, c.Type))];

    internal Filter Translate(Filter filter) => filter switch
    {
        CompareFilter f => f with { Column = Native(f.Column) },
        InFilter f => f with { Column = Native(f.Column) },
        LikeFilter f => f with { Column = Native(f.Column) },
        NullFilter f => f with { Column = Native(f.Column) },
        AndFilter f => new AndFilter([.. f.Parts.Select(Translate)]),
        OrFilter f => new OrFilter([.. f.Parts.Select(Translate)]),
        NotFilter f => new NotFilter(Translate(f.Part)),
        _ => filter,
    };

    private string Native(string name)
    {
        StashColumn column = version.Columns[ColumnNames.Require(_columns, name, $"Stash '{version.Name}'")];
        return column is { Native: { } native, Unfit: 0 } && column.Type.Kind != PortableKind.Json ? native : throw new DbConductorException(
            DbErrorKind.NotSupported,
            $"Rows of stash '{version.Name}' cannot be filtered by '{column.Name}' where they are: it is JSON, or has values of several types or such as the database cannot keep in a column. "
            + "Receive them all and filter with Where-Object, or save the stash with a -ColumnType for it.")
        { Column = column.Name, Target = version.Name };
    }
}
