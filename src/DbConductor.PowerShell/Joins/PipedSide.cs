namespace DbConductor.PowerShell;

/// <summary>A side that is piped. Its rows are put aside as they come: what makes them may use the very tables that the call reads and writes.</summary>
internal sealed class PipedSide : IDisposable
{
    private readonly PipedRows _rows;
    private RowReader? _aside;

    /// <param name="log">The cmdlet's.</param>
    /// <param name="cancel">Stops it.</param>
    internal PipedSide(PipelineLog log, CancellationToken cancel) =>
        _rows = new PipedRows(async rows => _aside = await log.Start(() => PutAsideRows.ReadAsync(rows, cancel)).ConfigureAwait(false), log.Wait, cancel);

    internal void Add(object? item) => _rows.Add(item);

    /// <summary>Takes the end of the rows and gives the side, which is read once.</summary>
    internal JoinInput Complete()
    {
        _rows.Complete();
        return new("the piped rows", _ => Task.FromResult(Interlocked.Exchange(ref _aside, null) ?? new BufferedRows([], [])));
    }

    /// <summary>Lets go what an early end of the pipeline leaves.</summary>
    public void Dispose()
    {
        _rows.Dispose();
        _aside?.Dispose();
    }
}
