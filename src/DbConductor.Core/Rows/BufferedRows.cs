namespace DbConductor;

/// <summary>A row stream over rows in memory; each row has one value per column, null for null.</summary>
public sealed class BufferedRows(IReadOnlyList<Column> columns, IEnumerable<object?[]> rows) : RowReader
{
    private readonly IEnumerator<object?[]> _rows = rows.GetEnumerator();

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = columns;

    /// <inheritdoc/>
    public override long? RowCount { get; } = rows.TryGetNonEnumeratedCount(out int count) ? count : null;

    /// <inheritdoc/>
    public override bool Read() => _rows.MoveNext();

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => _rows.Current[ordinal] ?? DBNull.Value;

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => _rows.Current[ordinal] is null or DBNull;

    /// <inheritdoc/>
    public override bool HasMissing => false;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        base.Dispose(disposing);
    }
}
