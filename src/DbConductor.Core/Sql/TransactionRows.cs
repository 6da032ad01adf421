namespace DbConductor.Sql;

/// <summary>
/// A reader on a transaction's only connection. Before anything else is sent there, its rest is set aside in memory or a file, from where reading goes on.
/// </summary>
internal sealed class TransactionRows(SqlTransaction transaction, RowReader live) : RowReader
{
    private readonly object _cells = new();
    private RowReader _rows = live;
    private object?[]? _kept;
    private volatile bool _isLive = true;
    private bool _atRow;

    public override IReadOnlyList<Column> Columns { get; } = live.Columns;

    public override bool HasMissing => false;

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isLive)
        {
            // between this look and the gate a write may set the rest aside: look again behind the gate
            await transaction.WithReaderAsync(async () => _atRow = await NextAsync(cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            return _atRow;
        }

        return await NextAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> NextAsync(CancellationToken cancel)
    {
        _kept = null;
        return _rows.ReadAsync(cancel);
    }

    /// <summary>Called by the transaction, which holds its connection.</summary>
    public async Task SetAsideAsync(CancellationToken cancel)
    {
        if (!_isLive)
        {
            return;
        }

        // the consumer may still want the cells of the row that it stands on, and be reading one while its own last chunk is being written
        lock (_cells)
        {
            if (_atRow)
            {
                object?[] kept = new object?[Columns.Count];
                _rows.GetValues(kept!);
                _kept = kept;
            }
        }

        RowReader rest = await RowSpool.SpoolAsync(_rows, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false);
        await _rows.DisposeAsync().ConfigureAwait(false);
        _rows = rest;
        _isLive = false;
    }

    public override object GetValue(int ordinal)
    {
        lock (_cells)
        {
            return _kept is null ? _rows.GetValue(ordinal) : _kept[ordinal] ?? DBNull.Value;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isLive)
        {
            await transaction.WithReaderAsync(
                async () =>
                {
                    await _rows.DisposeAsync().ConfigureAwait(false);
                    transaction.Forget(this);
                    return 0;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            await _rows.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
