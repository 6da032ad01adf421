using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The documents of a cursor, batch by batch. Before its collection is written to through this process, what the cursor has yet to give is set aside in memory or a file:
/// a cursor may give the documents that are written while it is read, without end.
/// </summary>
internal sealed class DocumentSource(IAsyncCursor<RawDocument> cursor, Func<Exception, Exception> toError) : IAsyncDisposable
{
    private static readonly Column[] Columns = [new("document", new(PortableKind.Binary)) { Nullable = false }];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private RowReader? _rest;
    private bool _disposed;

    /// <summary>Goes to the next batch; null at the end.</summary>
    public async Task<IReadOnlyList<RawDocument>?> NextAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return _rest is null ? await FetchAsync(cancel).ConfigureAwait(false) : await TakeAsync(_rest, cancel).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Sets aside what is left. The batch that was given out last stays its reader's.</summary>
    public async Task SetAsideAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_rest is null && !_disposed)
            {
                using Rest rest = new(this);
                _rest = await RowSpool.SpoolAsync(rest, RowSpool.DefaultMemoryLimit / 4, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed)
            {
                return;
            }

            // the driver tells the server that an unfinished cursor is not wanted any more
            _disposed = true;
            cursor.Dispose();
            if (_rest is not null)
            {
                await _rest.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IReadOnlyList<RawDocument>?> FetchAsync(CancellationToken cancel)
    {
        try
        {
            while (!_disposed && await cursor.MoveNextAsync(cancel).ConfigureAwait(false))
            {
                if (cursor.Current is IReadOnlyList<RawDocument> { Count: > 0 } batch)
                {
                    return batch;
                }
            }

            return null;
        }
        catch (Exception e)
        {
            throw toError(e);
        }
    }

    private static async Task<IReadOnlyList<RawDocument>?> TakeAsync(RowReader rest, CancellationToken cancel)
    {
        List<RawDocument> batch = [];
        for (int bytes = 0; batch.Count < 1000 && bytes < 1 << 20 && await rest.ReadAsync(cancel).ConfigureAwait(false); bytes += batch[^1].Bytes.Length)
        {
            batch.Add(new((byte[])rest.GetValue(0)));
        }

        return batch.Count > 0 ? batch : null;
    }

    /// <summary>What the cursor has yet to give, as rows of one column.</summary>
    private sealed class Rest(DocumentSource source) : RowReader
    {
        private IReadOnlyList<RawDocument> _batch = [];
        private int _at = -1;

        public override IReadOnlyList<Column> Columns => DocumentSource.Columns;

        public override bool HasMissing => false;

        public override bool Read() => throw new NotSupportedException();

        public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
        {
            if (++_at < _batch.Count)
            {
                return true;
            }

            _batch = await source.FetchAsync(cancellationToken).ConfigureAwait(false) ?? [];
            _at = 0;
            return _batch.Count > 0;
        }

        public override bool IsDBNull(int ordinal) => false;

        public override object GetValue(int ordinal) => _batch[_at].Bytes;
    }
}
