using System.Buffers;
using System.Buffers.Binary;

namespace DbConductor;

/// <summary>
/// Writes rows into a stream of bytes that <see cref="RowStreamReader"/> reads back. The stream stays open.
/// </summary>
/// <remarks>
/// The format: <c>DBCR</c> and a version byte; then frames, each a length (4 bytes, without itself), a <see cref="RowFrame"/> byte and its content.
/// The first frame has the columns, a later one of that kind the columns with those appended; the last one, the number of rows, tells a whole stream from one that was cut.
/// </remarks>
public sealed class RowStreamWriter(Stream stream)
{
    /// <summary>Bytes are sent on when there are this many: a size that files and sockets like, and that is not a large object.</summary>
    private const int FlushAt = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(FlushAt + 4096);
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private bool _started;

    /// <summary>The first bytes of every stream: the name and the version of the format.</summary>
    internal static ReadOnlySpan<byte> Header => "DBCR\u0001"u8;

    /// <summary>The number of rows written.</summary>
    public long RowNumber { get; private set; }

    /// <summary>Writes all that a reader has yet to give, and the end. The reader stays open.</summary>
    public async Task WriteAllAsync(RowReader rows, CancellationToken cancel)
    {
        RowWalker walker = new(rows);
        while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step && step != RowStep.End)
        {
            await (step == RowStep.Columns ? WriteColumnsAsync(rows.Columns, cancel) : WriteRowAsync(rows, cancel)).ConfigureAwait(false);
        }

        await CompleteAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Writes the columns: first of all, and again with all of them whenever some were appended.</summary>
    public ValueTask WriteColumnsAsync(IReadOnlyList<Column> columns, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (!_started)
        {
            _output.Write(Header);
            _started = true;
        }

        _row.ResetWrittenCount();
        RowColumns.Write(columns, _row);
        return FrameAsync(RowFrame.Columns, cancel);
    }

    /// <summary>Writes the row on which the reader stands.</summary>
    public ValueTask WriteRowAsync(RowReader rows, CancellationToken cancel)
    {
        _row.ResetWrittenCount();
        RowNumber++;
        RowCodec.WriteRow(rows, RowNumber, _row);
        return FrameAsync(RowFrame.Row, cancel);
    }

    /// <summary>Writes the end. Without it, the reader takes the stream for cut.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        _row.ResetWrittenCount();
        _row.WriteInt64(RowNumber);
        await FrameAsync(RowFrame.End, cancel).ConfigureAwait(false);
        await FlushAsync(cancel).ConfigureAwait(false);
    }

    private ValueTask FrameAsync(RowFrame frame, CancellationToken cancel)
    {
        Span<byte> head = _output.GetSpan(5);
        BinaryPrimitives.WriteInt32LittleEndian(head, _row.WrittenCount + 1);
        head[4] = (byte)frame;
        _output.Advance(5);
        _output.Write(_row.WrittenSpan);
        return _output.WrittenCount < FlushAt ? default : FlushAsync(cancel);
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        await stream.WriteAsync(_output.WrittenMemory, cancel).ConfigureAwait(false);
        _output.ResetWrittenCount();
    }
}

/// <summary>What a frame of a stream of rows holds.</summary>
internal enum RowFrame : byte
{
    Columns = 1,
    Row = 2,
    End = 3,
}
