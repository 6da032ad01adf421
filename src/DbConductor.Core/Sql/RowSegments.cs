namespace DbConductor.Sql;

/// <summary>
/// Cuts a row stream into pieces that are each loaded on their own: after a number of rows (a commit), or where the next row is not at hand yet
/// and the caller's thread has to make it, so that nothing is locked or half sent while it does; and before the first row that lacks columns, from
/// which on the rows are marked with their shape.
/// </summary>
internal sealed class RowSegments(RowReader rows, SqlShapes? shapes) : ForwardingRows(rows)
{
    private readonly int _mark = rows.Columns.Count;
    private bool _started;
    private bool _atRow;
    private Task<bool>? _pending;
    private long _left;
    private bool _yield;
    private bool _marks;

    public override IReadOnlyList<Column> Columns => _marks ? [.. Source.Columns, SqlShapes.Mark] : Source.Columns;

    /// <summary>The number of rows given so far, over all segments, and of those that were skipped.</summary>
    public long RowNumber { get; private set; }

    /// <summary>Whether the row that comes next is known to lack columns.</summary>
    public bool IsAtPartial => _atRow && shapes?.IsPartial(Source) == true;

    /// <summary>Goes on counting from a later row.</summary>
    public void Skip(long count) => RowNumber += count;

    /// <summary>Waits for the next segment's first row; false at the end of the stream.</summary>
    /// <param name="limit">Rows that the segment may have; null means no limit.</param>
    /// <param name="yieldWhileWaiting">Whether the segment ends where the next row is not at hand.</param>
    /// <param name="marks">Whether the rows get one column more, <see cref="SqlShapes.MarkOf"/>; else the segment ends before a row that lacks columns.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<bool> BeginAsync(long? limit, bool yieldWhileWaiting, bool marks, CancellationToken cancel)
    {
        if (!_atRow)
        {
            Task<bool> next = _pending ?? Source.ReadAsync(cancel);
            _pending = null;
            _atRow = await FinishAsync(next, cancel).ConfigureAwait(false);
        }

        _started = false;
        _left = limit ?? long.MaxValue;
        _yield = yieldWhileWaiting;
        _marks = marks;
        return _atRow;
    }

    // new columns: the next result set's rows belong to the same segment; who cannot take a new column refuses in NextResult
    private async Task<bool> FinishAsync(Task<bool> read, CancellationToken cancel)
    {
        while (!await read.ConfigureAwait(false))
        {
            if (!await Source.NextResultAsync(cancel).ConfigureAwait(false))
            {
                return false;
            }

            read = Source.ReadAsync(cancel);
        }

        return true;
    }

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_started)
        {
            _started = true;
            return Given(_atRow);
        }

        if (_left == 0)
        {
            _atRow = false;
            return Task.FromResult(false);
        }

        Task<bool> read = Source.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully && read.Result)
        {
            if (Ends())
            {
                return Task.FromResult(false);
            }

            RowNumber++;
            _left--;
            return read;
        }

        if (_yield && !read.IsCompleted)
        {
            _pending = read;
            _atRow = false;
            return Task.FromResult(false);
        }

        return SlowAsync(read, cancellationToken);
    }

    private async Task<bool> SlowAsync(Task<bool> read, CancellationToken cancel)
    {
        bool atRow = await FinishAsync(read, cancel).ConfigureAwait(false);
        return !(atRow && Ends()) && await Given(atRow).ConfigureAwait(false);
    }

    // the source stands on a row with which an unmarked segment must not go on: it is the next one's first
    private bool Ends() => shapes is not null && !_marks && (_atRow = shapes.IsPartial(Source));

    private Task<bool> Given(bool atRow)
    {
        _atRow = false;
        if (atRow)
        {
            RowNumber++;
            _left--;
        }

        return Task.FromResult(atRow);
    }

    // a segment is one result set: what it takes of new columns, it takes where it meets them
    public override bool NextResult() => false;

    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public override object GetValue(int ordinal) => ordinal == _mark ? GetInt64(ordinal) : Source.GetValue(ordinal);

    public override bool IsDBNull(int ordinal) => ordinal != _mark && Source.IsDBNull(ordinal);

    public override bool IsMissing(int ordinal) => ordinal != _mark && Source.IsMissing(ordinal);

    public override long GetInt64(int ordinal) => ordinal == _mark ? shapes!.MarkOf(Source, Source is RowBuffer.Reader again ? again.Number : RowNumber) : Source.GetInt64(ordinal);

    public override T GetFieldValue<T>(int ordinal) => ordinal == _mark ? (T)GetValue(ordinal) : Source.GetFieldValue<T>(ordinal);
}
