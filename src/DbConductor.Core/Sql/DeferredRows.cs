namespace DbConductor.Sql;

/// <summary>Rows of a query that is sent when the first of them is asked for.</summary>
/// <param name="columns">The columns that the query will have.</param>
/// <param name="open">Sends it. Its errors are classified, and what was held for it is then let go.</param>
/// <param name="unused">What is let go where the query was never sent.</param>
public class DeferredRows(IReadOnlyList<Column> columns, Func<CancellationToken, Task<RowReader>> open, Func<ValueTask> unused)
    : ForwardingRows(new BufferedRows(columns, []))
{
    private bool _taken;

    /// <summary>Notes that the rows are taken in another way, so that what was held for the query is the subclass's.</summary>
    protected void Take() => _taken = _taken ? throw new InvalidOperationException("The rows are being read already.") : true;

    /// <inheritdoc/>
    public override bool HasMissing => false;

    /// <inheritdoc/>
    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken) => _taken ? Source.ReadAsync(cancellationToken) : OpenAsync(cancellationToken);

    private async Task<bool> OpenAsync(CancellationToken cancel)
    {
        Take();
        Source = await open(cancel).ConfigureAwait(false);
        return await Source.ReadAsync(cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync().ConfigureAwait(false);
        if (!_taken)
        {
            _taken = true;
            await unused().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
