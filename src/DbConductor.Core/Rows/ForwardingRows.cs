namespace DbConductor;

/// <summary>
/// A row stream over another one that passes its cells on as they are, through the getters that box nothing. What it does to the stream (counting, cutting,
/// numbering), a subclass adds. The source stays its owner's.
/// </summary>
public abstract class ForwardingRows : RowReader
{
    /// <summary>Takes the source.</summary>
    protected ForwardingRows(RowReader source) => Source = source;

    /// <summary>The reader whose cells are passed on.</summary>
    protected RowReader Source { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Source.Columns;

    /// <inheritdoc/>
    public override bool FedByCaller => Source.FedByCaller;

    /// <inheritdoc/>
    public override bool HasMissing => Source.HasMissing;

    /// <inheritdoc/>
    public override bool IsMissing(int ordinal) => Source.IsMissing(ordinal);

    /// <inheritdoc/>
    public override bool Read() => Source.Read();

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken) => Source.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool NextResult() => Source.NextResult();

    /// <inheritdoc/>
    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => Source.NextResultAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => Source.IsDBNull(ordinal);

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => Source.GetValue(ordinal);

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal) => Source.GetFieldValue<T>(ordinal);

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => Source.GetBoolean(ordinal);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => Source.GetInt16(ordinal);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => Source.GetInt32(ordinal);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Source.GetInt64(ordinal);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => Source.GetDecimal(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => Source.GetFloat(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Source.GetDouble(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => Source.GetString(ordinal);

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetText(int ordinal) => Source.GetText(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => Source.GetDateTime(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Source.GetGuid(ordinal);
}
