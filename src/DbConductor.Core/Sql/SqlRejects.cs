namespace DbConductor.Sql;

/// <summary>The rejects of one call on their way into a table and a file.</summary>
internal sealed class SqlRejects(SqlAdapter adapter, TableName table, SaveOptions options)
{
    private const int FlushAt = 4 << 20;

    private readonly RejectOptions _options = options.Reject!;
    private readonly string _batchId = options.BatchId ?? Guid.NewGuid().ToString();
    private readonly List<Reject> _pending = [];
    private long _size;

    /// <summary>How many rows were refused so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether enough have gathered to be written.</summary>
    public bool IsFull => _size >= FlushAt;

    /// <summary>Finds the table of rejects or creates it.</summary>
    /// <param name="shared">An operator's transaction; null where none is open.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task OpenAsync(SqlTransaction? shared, CancellationToken cancel)
    {
        if (_options.Into is { } into)
        {
            _ = into == table
                ? throw new DbConductorException(DbErrorKind.InvalidArgument, $"-RejectInto is '{table}', into which the rows go. Name another table.") { Target = table.ToString() }
                : await SqlSideTable.OpenAsync(adapter, shared, into, RejectTable.Schema, "rejects", cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a row that was refused.</summary>
    /// <param name="error">Why.</param>
    /// <param name="row">The row's number in the input.</param>
    /// <param name="data">The row as JSON.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.TooManyRejects"/>.</exception>
    public void Add(DbConductorException error, long row, string data)
    {
        if (++Count > _options.Maximum)
        {
            throw _options.Exceeded(table, error);
        }

        _pending.Add(Reject.From(error, _batchId, table, row, data));
        _size += data.Length;
    }

    /// <summary>Writes those that have gathered, as part of the transaction.</summary>
    public async Task FlushAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        if (_options.Into is { } into)
        {
            SqlSave save = new(adapter, into, RejectTable.ToRows(_pending), new SaveOptions(), null);
            await save.RunAsync(transaction, null, cancel).ConfigureAwait(false);
        }

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
