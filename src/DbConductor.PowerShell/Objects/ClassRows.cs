namespace DbConductor.PowerShell;

/// <summary>
/// Rows as objects of an emitted class. From the first row on that lacks a field, and from the first appended column on, they are documents, which
/// PSCustomObjects can show as they are.
/// </summary>
internal sealed class ClassRows(RowReader rows) : RowObjects(rows)
{
    private readonly CustomObjectRows _documents = new(rows);
    private Func<RowReader, object>? _make;
    private bool _started;
    private int _count;

    internal override void UseColumns(IReadOnlyList<Column> columns)
    {
        _count = columns.Count;
        _make = _started ? null : RowClass.For(columns).Make;
        _started = true;
        _documents.UseColumns(columns);
    }

    internal override object? Make()
    {
        if (_make is not null && !IsWhole())
        {
            _make = null;
        }

        return _make is not null ? _make(Rows) : _documents.Make();
    }

    private bool IsWhole()
    {
        for (int i = 0; i < _count; i++)
        {
            if (Rows.IsMissing(i))
            {
                return false;
            }
        }

        return true;
    }
}
