namespace DbConductor.PowerShell;

/// <summary>The first value of the first row; what comes after it is left alone.</summary>
internal sealed class SingleValueRows(RowReader rows) : RowObjects(rows)
{
    internal override IEnumerable<object?> Read(Action<Task> wait, CancellationToken cancel) => base.Read(wait, cancel).Take(1);

    internal override void UseColumns(IReadOnlyList<Column> columns)
    {
    }

    internal override object? Make() => Rows.FieldCount == 0 ? null : JsonObjects.FromCell(Rows.GetValue(0));
}
