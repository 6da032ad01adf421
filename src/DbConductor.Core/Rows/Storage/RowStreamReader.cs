using System.Buffers.Binary;

namespace DbConductor;

/// <summary>Reads rows that <see cref="RowStreamWriter"/> wrote. Owns the stream unless told otherwise.</summary>
public sealed class RowStreamReader : EncodedRowReader
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly bool _owns;
    private Column[] _columns = [];
    private Column[]? _next;
    private byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private long _read;
    private bool _ended;

    private RowStreamReader(Stream stream, long? rowCount, bool owns)
    {
        _stream = stream;
        _owns = owns;
        RowCount = rowCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => _columns;

    /// <inheritdoc/>
    public override long? RowCount { get; }

    /// <summary>Reads the first columns.</summary>
    /// <param name="stream">The stream, at its beginning; disposed with the reader, and also where this fails.</param>
    /// <param name="rowCount">The number of rows, if it is known.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: not a stream of rows, or of another version.</exception>
    public static Task<RowStreamReader> OpenAsync(Stream stream, long? rowCount, CancellationToken cancel) => OpenAsync(stream, rowCount, cancel, owns: true);

    internal static async Task<RowStreamReader> OpenAsync(Stream stream, long? rowCount, CancellationToken cancel, bool owns)
    {
        RowStreamReader reader = new(stream, rowCount, owns);
        try
        {
            int header = RowStreamWriter.Header.Length;
            while (reader._end < header)
            {
                await reader.FillAsync(header, cancel).ConfigureAwait(false);
            }

            if (!reader._buffer.AsSpan(0, header).SequenceEqual(RowStreamWriter.Header))
            {
                throw EncodedRow.Damaged();
            }

            reader._start = header;
            if (await reader.ReadAsync(cancel).ConfigureAwait(false) || !await reader.NextResultAsync(cancel).ConfigureAwait(false))
            {
                throw EncodedRow.Damaged();
            }

            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool Read()
    {
        if (_ended || _next is not null)
        {
            return false;
        }

        int missing;
        while ((missing = Missing()) > 0)
        {
            Filled(_stream.Read(MakeRoom(missing).Span));
        }

        return TakeFrame();
    }

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ended || _next is not null)
        {
            return Task.FromResult(false);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        return Missing() == 0 ? Task.FromResult(TakeFrame()) : SlowAsync(cancellationToken);

        async Task<bool> SlowAsync(CancellationToken cancel)
        {
            int missing;
            while ((missing = Missing()) > 0)
            {
                await FillAsync(missing, cancel).ConfigureAwait(false);
            }

            return TakeFrame();
        }
    }

    /// <inheritdoc/>
    public override bool NextResult()
    {
        while (_next is null && !_ended)
        {
            Read();
        }

        if (_next is null)
        {
            return false;
        }

        (_columns, _next) = (_next, null);
        return true;
    }

    /// <inheritdoc/>
    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        while (_next is null && !_ended)
        {
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        return NextResult();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_owns)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _owns)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>How many bytes of the next frame are still to be read.</summary>
    private int Missing()
    {
        int available = _end - _start;
        if (available < 4)
        {
            return 4 - available;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        return length is > 0 and < int.MaxValue - 4 ? Math.Max(0, length + 4 - available) : throw EncodedRow.Damaged();
    }

    /// <returns>Whether it was a row.</returns>
    private bool TakeFrame()
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start)) - 1;
        RowFrame frame = (RowFrame)_buffer[_start + 4];
        ReadOnlyMemory<byte> content = _buffer.AsMemory(_start + 5, length);
        _start += 5 + length;
        switch (frame)
        {
            case RowFrame.Row:
                Current.Load(content, _columns.Length);
                _read++;
                return true;
            case RowFrame.Columns:
                _next = RowColumns.Read(content);
                return false;
            case RowFrame.End when length == 8 && BinaryPrimitives.ReadInt64LittleEndian(content.Span) == _read:
                _ended = true;
                return false;
            default:
                throw EncodedRow.Damaged();
        }
    }

    private async ValueTask FillAsync(int missing, CancellationToken cancel) =>
        Filled(await _stream.ReadAsync(MakeRoom(missing), cancel).ConfigureAwait(false));

    private void Filled(int count) => _end += count > 0
        ? count
        : throw new DbConductorException(DbErrorKind.InvalidData, "Stored rows end in the middle: what wrote them did not finish. Write them anew.");

    /// <summary>The free part of the buffer, large enough for what is missing; what was consumed makes way.</summary>
    private Memory<byte> MakeRoom(int missing)
    {
        if (_end + missing > _buffer.Length)
        {
            int available = _end - _start;
            // at most doubled at a time, so that a damaged length does not take all memory at once
            int needed = available + Math.Min(missing, Math.Max(available, BufferSize));
            byte[] buffer = needed > _buffer.Length ? new byte[needed] : _buffer;
            Buffer.BlockCopy(_buffer, _start, buffer, 0, available);
            (_buffer, _start, _end) = (buffer, 0, available);
        }

        return _buffer.AsMemory(_end);
    }
}
