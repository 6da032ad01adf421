namespace DbConductor.Adapters.MongoDb;

/// <summary>Gives the rows of an input a number at a time: each chunk is a row stream of its own, and the columns go on from one to the next.</summary>
internal sealed class RowChunks(DocumentInput rows, long? size)
{
    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next chunk; it ends after as many rows as one may have.</summary>
    public RowReader Next() => new Chunk(this);

    private sealed class Chunk(RowChunks chunks) : ForwardingRows(chunks.Rows)
    {
        private long _left = chunks.Size;
        private bool _full;

        public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

        public override Task<bool> ReadAsync(CancellationToken cancellationToken)
        {
            _full = _left-- <= 0;
            return _full ? Task.FromResult(false) : Source.ReadAsync(cancellationToken);
        }

        public override bool NextResult() => NextResultAsync(CancellationToken.None).GetAwaiter().GetResult();

        public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
        {
            if (_full)
            {
                return false;
            }

            // the row that was not there does not count
            _left++;
            bool more = await Source.NextResultAsync(cancellationToken).ConfigureAwait(false);
            chunks.IsDone = !more;
            return more;
        }
    }

    private DocumentInput Rows => rows;

    private long Size => size ?? long.MaxValue;
}
