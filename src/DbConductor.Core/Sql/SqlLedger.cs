namespace DbConductor.Sql;

/// <summary>The ledger as one batch sees it (<see cref="LedgerEntry"/>): claims its commits, records them, and tells what became of them.</summary>
internal sealed class SqlLedger
{
    /// <summary>How long the ledger is asked about a commit whose answer was lost: a server that restarts takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SqlAdapter _adapter;
    private readonly TableName _ledger;
    private readonly TableSchema _schema;
    private readonly LedgerEntry _batch;

    private SqlLedger(SqlAdapter adapter, TableName ledger, TableSchema schema, LedgerEntry batch)
    {
        _adapter = adapter;
        _ledger = ledger;
        _schema = schema;
        _batch = batch;
    }

    /// <summary>Finds the ledger of a table, or creates it.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="shared">An operator's transaction; null where none is open.</param>
    /// <param name="table">The table, as the operator wrote it.</param>
    /// <param name="options">With the batch's id.</param>
    /// <param name="cancel">Stops it.</param>
    public static Task<SqlLedger> OpenAsync(SqlAdapter adapter, SqlTransaction? shared, TableName table, SaveOptions options, CancellationToken cancel) =>
        OpenAsync(adapter, shared, table, target => new() { Target = target.Name, BatchId = options.BatchId!, Mode = options.Mode }, cancel);

    /// <summary>Finds the ledger of a table, or creates it, as a lease sees it.</summary>
    /// <inheritdoc cref="OpenAsync(SqlAdapter, SqlTransaction?, TableName, SaveOptions, CancellationToken)"/>
    public static Task<SqlLedger> OpenAsync(SqlAdapter adapter, SqlTransaction? shared, TableName table, StashLease lease, CancellationToken cancel) =>
        OpenAsync(adapter, shared, table, _ => LedgerEntry.Of(lease), cancel);

    private static async Task<SqlLedger> OpenAsync(
        SqlAdapter adapter, SqlTransaction? shared, TableName table, Func<TableName, LedgerEntry> entry, CancellationToken cancel)
    {
        // under one name, however it was written, so that the same batch meets the same entry; where DDL commits, looking inside the transaction could begin
        // its snapshot, and a ledger that is created behind that could not be used in it
        TableName target = shared is null || !adapter.Info.TransactionalDdl
            ? await adapter.ResolveAsync(table, cancel).ConfigureAwait(false)
            : await shared.RunAsync(false, table, () => adapter.ResolveAsync(shared.Connection, shared.Inner, table, cancel), cancel).ConfigureAwait(false);
        TableName ledger = target with { Name = LedgerEntry.Table };
        TableSchema schema = await SqlSideTable.OpenAsync(adapter, shared, ledger, LedgerEntry.Schema, "batches (the ledger)", cancel).ConfigureAwait(false);
        return new(adapter, ledger, schema, entry(target));
    }

    /// <summary>An entry of this batch.</summary>
    public LedgerEntry Entry(int chunk, long rows, long rejected, BatchContent content, bool isComplete) => _batch with
    {
        Chunk = chunk,
        Rows = rows,
        Rejected = rejected,
        InputRows = content.Rows,
        Content = content.ToString(),
        IsComplete = isComplete,
        Time = LedgerEntry.Now(),
    };

    /// <summary>The batch's last commit; null where it has none.</summary>
    public Task<LedgerEntry?> LastAsync(SqlTransaction? shared, CancellationToken cancel)
    {
        BatchQuery query = new(_ledger)
        {
            Where = Filter.Equal("id", Id),
            Columns = [.. LedgerEntry.Schema.Columns.Select(c => new ColumnPick(c.Name, c.Name))],
            OrderBy = [new("chunk", Descending: true)],
            First = 1,
        };
        return shared is null
            ? _adapter.WithConnectionAsync(_ledger, connection => ReadAsync(connection, null), cancel)
            : shared.RunAsync(false, _ledger, () => ReadAsync(shared.Connection, shared.Inner), cancel);

        async Task<LedgerEntry?> ReadAsync(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? transaction)
        {
            SqlStatement select = SqlSelect.Rows(_adapter.Dialect, _schema, query);
            select = transaction is null ? select : select with { Text = select.Text + _adapter.Dialect.LatestCommitted };
            await using SqlRowReader rows = await _adapter.OpenReaderAsync(connection, transaction, null, select, cancel).ConfigureAwait(false);
            return await rows.ReadAsync(cancel).ConfigureAwait(false) ? LedgerEntry.Read(rows) : null;
        }
    }

    /// <summary>
    /// Enters a commit before any of its rows; waits for whoever does the same. False where it is there already: then nothing was written, and the
    /// transaction can go on.
    /// </summary>
    public async Task<bool> ClaimAsync(SqlTransaction transaction, int chunk, CancellationToken cancel)
    {
        bool claimed = await InsertAsync(transaction, chunk, null, cancel).ConfigureAwait(false);
        if (claimed)
        {
            transaction.Claimed(new(this, chunk));
        }

        return claimed;
    }

    /// <summary>
    /// Enters the lease's number as the highest that has written here. It waits for whoever enters one of the same lease, whose transaction may be under way still.
    /// False where a higher one is there.
    /// </summary>
    public async Task<bool> FenceAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        Filter notHigher = Filter.All(
            Filter.Equal("id", Id), Filter.Equal("chunk", _batch.Chunk), new CompareFilter("input_rows", CompareOp.LessOrEqual, _batch.InputRows));
        Dictionary<string, object?> set = new() { ["input_rows"] = _batch.InputRows, ["content"] = _batch.Content, ["saved_at"] = LedgerEntry.Now() };
        return await transaction.UpdateAsync(_ledger, notHigher, set, cancel).ConfigureAwait(false) > 0
            || await InsertAsync(transaction, _batch.Chunk, null, cancel).ConfigureAwait(false)
            // another one was the first here meanwhile
            || await transaction.UpdateAsync(_ledger, notHigher, set, cancel).ConfigureAwait(false) > 0;
    }

    /// <summary>Puts the numbers into the entry of a commit, once its rows are written.</summary>
    public Task RecordAsync(SqlTransaction transaction, LedgerEntry entry, CancellationToken cancel)
    {
        object?[] values = entry.ToValues();
        Dictionary<string, object?> set = Names.Select((name, i) => (name, value: values[i])).Skip(5).ToDictionary(p => p.name, p => p.value);
        return transaction.UpdateAsync(_ledger, Filter.All(Filter.Equal("id", Id), Filter.Equal("chunk", entry.Chunk)), set, cancel);
    }

    /// <summary>
    /// Whether a commit whose answer was lost is there; null where the server does not answer for too long. The question is a claim that is not kept: it waits
    /// where the server has not ended the transaction yet.
    /// </summary>
    public async Task<bool?> AskAsync(int chunk)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (int pause = 100; Environment.TickCount64 < deadline; pause = Math.Min(pause * 2, 2000))
        {
            try
            {
                await _adapter.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
                SqlTransaction transaction = await _adapter.BeginOwnAsync(CancellationToken.None).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    return !await InsertAsync(transaction, chunk, TimeSpan.FromSeconds(10), CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (DbConductorException)
            {
                await Task.Delay(pause).ConfigureAwait(false);
            }
        }

        return null;
    }

    private static IEnumerable<string> Names => LedgerEntry.Schema.Columns.Select(c => c.Name);

    private string Id => LedgerEntry.IdOf(_batch.Target, _batch.BatchId);

    private Task<bool> InsertAsync(SqlTransaction transaction, int chunk, TimeSpan? timeout, CancellationToken cancel) =>
        transaction.RunAsync(true, _ledger, () =>
        {
            SqlDialect dialect = _adapter.Dialect;
            SqlParameters parameters = new();
            Column[] columns = [.. Names.Select(name => _schema.Columns[_schema.IndexOf(name)])];
            string values = string.Join(", ", (_batch with { Chunk = chunk, Time = LedgerEntry.Now() }).ToValues().Select((value, i) => parameters.Add(value, columns[i])));
            string text = $"INSERT INTO {dialect.Quote(_ledger)} ({string.Join(", ", columns.Select(c => dialect.Quote(c.Name)))}) VALUES ({values})";
            return _adapter.TryInsertAsync(transaction, new(text) { Parameters = parameters, Timeout = timeout }, cancel);
        }, cancel);
}

/// <summary>A commit of a batch that a transaction has entered into the ledger.</summary>
internal sealed record SqlClaim(SqlLedger Ledger, int Chunk)
{
    /// <summary>How many savepoints were open.</summary>
    public int Depth { get; set; }
}
