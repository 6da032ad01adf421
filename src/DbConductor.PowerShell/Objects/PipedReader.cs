using System.Threading.Channels;

namespace DbConductor.PowerShell;

/// <summary>The consumer's end of <see cref="PipedRows"/>.</summary>
internal sealed class PipedReader : RowReader
{
    private static readonly Task<bool> HasRow = Task.FromResult(true);
    private static readonly Task<bool> NoRow = Task.FromResult(false);

    private readonly ChannelReader<RowChunk> _chunks;
    private IReadOnlyList<Column> _columns;
    private RowChunk _chunk;
    private object?[] _row = [];
    private int _index = -1;
    private bool _newColumns;

    internal PipedReader(RowChunk first, ChannelReader<RowChunk> later)
    {
        _chunk = first;
        _chunks = later;
        _columns = first.Columns;
    }

    public override IReadOnlyList<Column> Columns => _columns;

    public override bool FedByCaller => true;

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_newColumns)
        {
            return NoRow;
        }

        if (++_index < _chunk.Count)
        {
            _row = _chunk.Rows[_index];
            if (_row.Length > _columns.Count)
            {
                // the columns come when the first row that has them does, which is how it is told of
                _newColumns = true;
                _index--;
                return NoRow;
            }

            return HasRow;
        }

        return ReadNextChunkAsync(cancellationToken);
    }

    public override bool NextResult()
    {
        if (!_newColumns)
        {
            return false;
        }

        _newColumns = false;
        _columns = [.. _chunk.Columns.Take(_row.Length)];
        return true;
    }

    public override bool IsMissing(int ordinal) => ordinal >= _row.Length || _row[ordinal] == RowChunk.Missing;

    public override bool HasMissing => _row.Length < _columns.Count || Array.IndexOf(_row, RowChunk.Missing) >= 0;

    public override bool IsDBNull(int ordinal) => ordinal >= _row.Length || _row[ordinal] is null || _row[ordinal] == RowChunk.Missing;

    public override object GetValue(int ordinal) => IsDBNull(ordinal) ? DBNull.Value : _row[ordinal]!;

    private async Task<bool> ReadNextChunkAsync(CancellationToken cancel)
    {
        _index = -1;
        do
        {
            _chunk = _chunk with { Count = 0 };
            if (!await _chunks.WaitToReadAsync(cancel).ConfigureAwait(false) || !_chunks.TryRead(out RowChunk? next))
            {
                return false;
            }

            _chunk = next;
        }
        while (_chunk.Count == 0);

        return await ReadAsync(cancel).ConfigureAwait(false);
    }
}
