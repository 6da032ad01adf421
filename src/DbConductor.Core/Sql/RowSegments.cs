namespace DbConductor.Sql;

/// <summary>
/// Cuts a row stream into pieces that are each loaded on their own: after a number of rows (a commit), or where the next row is not at hand yet
/// and the caller's thread has to make it, so that nothing is locked or half sent while it does.
/// </summary>
internal sealed class RowSegments(RowReader rows) : RowReader
{
    private bool _started;
    private bool _atRow;
    private Task<bool>? _pending;
    private long _left;
    private bool _yield;

    public override IReadOnlyList<Column> Columns => rows.Columns;

    public override bool FedByCaller => rows.FedByCaller;

    /// <summary>The number of rows given so far, over all segments.</summary>
    public long RowNumber { get; private set; }

    /// <summary>Waits for the next segment's first row; false at the end of the stream.</summary>
    /// <param name="limit">Rows that the segment may have; null means no limit.</param>
    /// <param name="yieldWhileWaiting">Whether the segment ends where the next row is not at hand.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<bool> BeginAsync(long? limit, bool yieldWhileWaiting, CancellationToken cancel)
    {
        if (!_atRow)
        {
            Task<bool> next = _pending ?? rows.ReadAsync(cancel);
            _pending = null;
            _atRow = await FinishAsync(next, cancel).ConfigureAwait(false);
        }

        _started = false;
        _left = limit ?? long.MaxValue;
        _yield = yieldWhileWaiting;
        return _atRow;
    }

    // new columns: the next result set's rows belong to the same segment; who cannot take a new column refuses in NextResult
    private async Task<bool> FinishAsync(Task<bool> read, CancellationToken cancel)
    {
        while (!await read.ConfigureAwait(false))
        {
            if (!await rows.NextResultAsync(cancel).ConfigureAwait(false))
            {
                return false;
            }

            read = rows.ReadAsync(cancel);
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

        Task<bool> read = rows.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully && read.Result)
        {
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

    private async Task<bool> SlowAsync(Task<bool> read, CancellationToken cancel) =>
        await Given(await FinishAsync(read, cancel).ConfigureAwait(false)).ConfigureAwait(false);

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

    public override object GetValue(int ordinal) => rows.GetValue(ordinal);

    public override bool IsDBNull(int ordinal) => rows.IsDBNull(ordinal);

    public override bool IsMissing(int ordinal) => rows.IsMissing(ordinal);

    public override bool GetBoolean(int ordinal) => rows.GetBoolean(ordinal);

    public override short GetInt16(int ordinal) => rows.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => rows.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => rows.GetInt64(ordinal);

    public override float GetFloat(int ordinal) => rows.GetFloat(ordinal);

    public override double GetDouble(int ordinal) => rows.GetDouble(ordinal);

    public override decimal GetDecimal(int ordinal) => rows.GetDecimal(ordinal);

    public override string GetString(int ordinal) => rows.GetString(ordinal);

    public override DateTime GetDateTime(int ordinal) => rows.GetDateTime(ordinal);

    public override Guid GetGuid(int ordinal) => rows.GetGuid(ordinal);

    public override T GetFieldValue<T>(int ordinal) => rows.GetFieldValue<T>(ordinal);
}
