namespace DbConductor;

/// <summary>The rejects of one call: counted as they come, and kept until their transaction takes them.</summary>
/// <param name="table">The table into which the rows go.</param>
/// <param name="options">The call's, with rejecting on.</param>
public class CallRejects(TableName table, SaveOptions options)
{
    private const int FlushAt = 4 << 20;

    private readonly RejectOptions _options = options.Reject ?? throw new ArgumentException("Rejecting is off.", nameof(options));
    private readonly string _batchId = options.BatchId ?? Guid.NewGuid().ToString();
    private readonly List<Reject> _pending = [];
    private long _size;

    /// <summary>How many rows were refused so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether enough have gathered to be written.</summary>
    public bool IsFull => _size >= FlushAt;

    /// <summary>Those that have gathered.</summary>
    public IReadOnlyList<Reject> Pending => _pending;

    /// <summary>The table of rejects; null where none was named.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: it is the table into which the rows go.</exception>
    public TableName? Into => _options.Into is { } into && into == table
        ? throw new DbConductorException(DbErrorKind.InvalidArgument, $"-RejectInto is '{table}', into which the rows go. Name another table.") { Target = table.ToString() }
        : _options.Into;

    /// <summary>Counts a row that was refused.</summary>
    /// <param name="error">Why it was.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.TooManyRejects"/>.</exception>
    public void Note(DbConductorException error)
    {
        if (++Count > _options.Maximum)
        {
            throw _options.Exceeded(table, error);
        }
    }

    /// <summary>Keeps a row that was counted.</summary>
    /// <param name="error">Why it was refused.</param>
    /// <param name="row">The row's number in the input.</param>
    /// <param name="data">The row as JSON.</param>
    public void Keep(DbConductorException error, long row, string data)
    {
        _pending.Add(Reject.From(error, _batchId, table, row, data));
        _size += data.Length;
    }

    /// <summary>Counts a row that was refused, and keeps it.</summary>
    /// <inheritdoc cref="Keep"/>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.TooManyRejects"/>.</exception>
    public void Add(DbConductorException error, long row, string data)
    {
        Note(error);
        Keep(error, row, data);
    }

    /// <summary>Hands what has gathered to whoever takes it beside the table, and forgets it.</summary>
    public async Task HandOverAsync(CancellationToken cancel)
    {
        if (_options.Sink is { } sink)
        {
            foreach (Reject reject in _pending)
            {
                await sink.AddAsync(reject, cancel).ConfigureAwait(false);
            }
        }

        _pending.Clear();
        _size = 0;
    }

    /// <summary>Called after a commit. It is not cancelled any more: the rows are there.</summary>
    public async Task SettleAsync()
    {
        if (_options.Sink is { } sink)
        {
            await sink.SettleAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
