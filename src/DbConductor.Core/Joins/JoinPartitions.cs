namespace DbConductor;

/// <summary>Rows of one side, put into temporary files by a part of their key's hash.</summary>
internal sealed class JoinPartitions : IAsyncDisposable
{
    internal const int Count = 32;
    private const int Bits = 5;

    /// <summary>How often rows can be divided before the hash has no bits left that the table in memory does not use.</summary>
    internal const int MaxLevel = 6;

    private readonly JoinKeys _keys;
    private readonly bool _isLeft;
    private readonly int _shift;
    private readonly SpoolStream?[] _streams = new SpoolStream?[Count];
    private readonly RowStreamWriter[] _writers = new RowStreamWriter[Count];
    private int _next;

    internal JoinPartitions(JoinKeys keys, bool isLeft, int level)
    {
        (_keys, _isLeft, _shift) = (keys, isLeft, 64 - (Bits * (level + 1)));
        for (int i = 0; i < Count; i++)
        {
            // parts of few rows are not worth a file
            SpoolStream stream = new(memoryLimit: 64 << 10);
            (_streams[i], _writers[i]) = (stream, new RowStreamWriter(stream));
        }
    }

    internal async Task WriteColumnsAsync(IReadOnlyList<Column> columns, CancellationToken cancel)
    {
        foreach (RowStreamWriter writer in _writers)
        {
            await writer.WriteColumnsAsync(columns, cancel).ConfigureAwait(false);
        }
    }

    internal ValueTask WriteAsync(RowReader row, CancellationToken cancel)
    {
        // rows without a key match none: they are spread evenly
        int partition = _keys.Read(row, _isLeft) ? (int)(_keys.Hash >> _shift) & (Count - 1) : _next++ & (Count - 1);
        return _writers[partition].WriteRowAsync(row, cancel);
    }

    internal async Task CompleteAsync(CancellationToken cancel)
    {
        foreach (RowStreamWriter writer in _writers)
        {
            await writer.CompleteAsync(cancel).ConfigureAwait(false);
        }
    }

    internal long Rows(int partition) => _writers[partition].RowNumber;

    internal long Rows() => _writers.Sum(w => w.RowNumber);

    /// <summary>The bytes written to all files.</summary>
    internal long Bytes => _streams.Sum(s => s?.Length ?? 0);

    /// <summary>Hands a partition over to who disposes it.</summary>
    internal SpoolStream Take(int partition)
    {
        SpoolStream stream = _streams[partition]!;
        _streams[partition] = null;
        stream.Rewind();
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SpoolStream? stream in _streams)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
