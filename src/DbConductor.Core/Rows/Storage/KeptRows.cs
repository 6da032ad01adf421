namespace DbConductor;

/// <summary>Rows that were put aside to be read more than once, such as an input that is sent again after a conflict. One reader at a time.</summary>
public sealed class KeptRows : IAsyncDisposable
{
    private readonly SpoolStream _stream;

    internal KeptRows(SpoolStream stream, long count)
    {
        _stream = stream;
        Count = count;
    }

    /// <summary>The number of rows.</summary>
    public long Count { get; }

    /// <summary>How many bytes they take as they are stored.</summary>
    public long Bytes => _stream.Length;

    /// <summary>Reads them from the first one on; a reader that was opened before must not be used any more. Disposing a reader leaves the rows.</summary>
    public async Task<RowReader> OpenAsync(CancellationToken cancel)
    {
        _stream.Rewind();
        return await RowStreamReader.OpenAsync(_stream, Count, cancel, owns: false).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
