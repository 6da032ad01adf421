namespace DbConductor;

/// <summary>The rows of a join. Owns both sides.</summary>
public sealed class JoinedRows : RowReader
{
    private readonly JoinOutput _output;
    private readonly JoinRun _run;
    private readonly IAsyncEnumerator<bool> _rows;
    private bool _ahead;

    internal JoinedRows(RowReader left, RowReader right, JoinSpec spec)
    {
        JoinKeys keys = new(left.Columns, right.Columns, spec.On);
        _output = new JoinOutput(spec, left.Columns, right.Columns);
        FedByCaller = left.FedByCaller || right.FedByCaller;
        MayAppendColumns = spec.Columns.Count == 0 && (left.MayAppendColumns || right.MayAppendColumns);
        _run = new JoinRun(left, right, spec, _output, keys);
        _rows = _run.RunAsync();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => _output.Current;

    /// <inheritdoc/>
    public override bool FedByCaller { get; }

    /// <inheritdoc/>
    public override bool MayAppendColumns { get; }

    /// <summary>The bytes that went through temporary files so far; 0 where the smaller side fitted in memory.</summary>
    public long SpilledBytes => _run.SpilledBytes;

    /// <inheritdoc/>
    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_output.IsChanged)
        {
            return false;
        }

        if (_ahead)
        {
            _ahead = false;
            return true;
        }

        _run.Cancel = cancellationToken;
        bool row = await _rows.MoveNextAsync().ConfigureAwait(false);
        // NextResult announces columns that are new; the row that has them waits behind it
        _ahead = row && _output.IsChanged;
        return row && !_ahead;
    }

    /// <inheritdoc/>
    public override bool NextResult() => NextResultAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        while (!_output.IsChanged && await ReadAsync(cancellationToken).ConfigureAwait(false))
        {
        }

        if (!_output.IsChanged)
        {
            return false;
        }

        _output.Announce();
        return true;
    }

    /// <inheritdoc/>
    public override bool IsMissing(int ordinal) => Half(ordinal, out int own) is { } half && half.IsMissing(own);

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => Half(ordinal, out int own) is not { } half || half.IsDBNull(own);

    /// <inheritdoc/>
    public override object GetValue(int ordinal)
    {
        if (Half(ordinal, out int own) is not { } half || half.IsDBNull(own))
        {
            return DBNull.Value;
        }

        object value = half.GetValue(own);
        return _output.Cells[ordinal].Converts && Columns[ordinal].Type.Kind != PortableKind.Object ? ValueConversion.Convert(value, Columns[ordinal])! : value;
    }

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetFieldValue<T>(own) : base.GetFieldValue<T>(ordinal);

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetBoolean(own) : base.GetBoolean(ordinal);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetInt16(own) : base.GetInt16(ordinal);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetInt32(own) : base.GetInt32(ordinal);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetInt64(own) : base.GetInt64(ordinal);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetDecimal(own) : base.GetDecimal(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetFloat(own) : base.GetFloat(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetDouble(own) : base.GetDouble(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetString(own) : base.GetString(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetDateTime(own) : base.GetDateTime(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Plain(ordinal, out int own) is { } half ? half.GetGuid(own) : base.GetGuid(ordinal);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync().ConfigureAwait(false);
        await _run.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The half of the row from which a cell comes, and its place there.</summary>
    private RowReader? Half(int ordinal, out int own)
    {
        JoinCell cell = _output.Cells[ordinal];
        if (cell.Left >= 0 && _run.Left is { } left)
        {
            own = cell.Left;
            return left;
        }

        own = cell.Right;
        return own >= 0 ? _run.Right : null;
    }

    /// <summary>The same, where the cell can be handed through as it is.</summary>
    private RowReader? Plain(int ordinal, out int own)
    {
        RowReader? half = Half(ordinal, out own);
        return _output.Cells[ordinal].Converts ? null : half;
    }
}
