using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using DbConductor.Spark;
using Microsoft.Extensions.Logging;

namespace DbConductor.Sql;

/// <summary>
/// What all SQL databases share. Reads run on a pooled connection each; a write runs in a transaction of its own. A database's own adapter supplies
/// its connection, dialect, bulk path and classification of errors, and nothing else.
/// </summary>
public abstract class SqlAdapter : IDbAdapter, ITableJoins, ISparkSource
{
    private readonly SessionCalls _calls;

    /// <summary>Makes an adapter that is not connected yet.</summary>
    protected SqlAdapter(AdapterProfile profile, AdapterServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Profile = profile;
        _calls = new(profile, new(SystemName, profile), services.Logging.CreateLogger("DbConductor." + profile.Type), (error, table) => Classify(error, table));
    }

    /// <summary>Where the database is.</summary>
    protected AdapterProfile Profile { get; }

    /// <summary>Where the adapter logs.</summary>
    protected internal ILogger Logger => _calls.Logger;

    /// <summary>What the session's operations have in common in logs, spans and metrics.</summary>
    protected internal OperationSource Source
    {
        get => _calls.Source;
        protected set => _calls.Source = value;
    }

    /// <inheritdoc/>
    public AdapterInfo Info { get; protected set; } = null!;

    /// <summary>The name in OpenTelemetry's convention; known before connecting.</summary>
    public abstract string SystemName { get; }

    /// <summary>The database's words.</summary>
    protected internal abstract SqlDialect Dialect { get; }

    /// <summary>Opens a connection, from the pool where there is one.</summary>
    protected abstract Task<SqlLease> OpenAsync(CancellationToken cancel);

    /// <summary>A connection of an open session, which is one that was connected and not closed since.</summary>
    private async Task<SqlLease> LeaseAsync(CancellationToken cancel)
    {
        _calls.RequireOpen(Info is not null);
        return await OpenAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Puts a profile's options into the driver's settings.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: one that the driver does not know, or with a value that it does not take.</exception>
    protected static void Apply(IReadOnlyDictionary<string, string> options, DbConnectionStringBuilder settings)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(settings);
        foreach ((string name, string value) in options)
        {
            try
            {
                settings[name] = value;
            }
            catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or NotSupportedException)
            {
                // the driver's own message can quote the value, which can be a secret
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument, $"The driver has no option '{name}', or does not take its value. Its documentation of connection strings lists them.");
            }
        }
    }

    /// <summary>Begins a transaction that may write.</summary>
    protected internal virtual async Task<DbTransaction> BeginTransactionAsync(DbConnection connection, IsolationLevel isolation, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return await connection.BeginTransactionAsync(isolation, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Loads rows into a table by the fastest path there is. The columns and the values fit each other already.
    /// </summary>
    /// <param name="load">What is loaded.</param>
    /// <param name="cancel">Stops the load, on the server too.</param>
    /// <returns>The number of rows loaded, as the server counted them where it does.</returns>
    protected internal abstract Task<long> LoadAsync(SqlLoad load, CancellationToken cancel);

    /// <summary>Whether packed rows of these columns can be sent into those of a table as they are, with the same outcome as by reading them one by one.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="from">Their columns, as their source describes them.</param>
    /// <param name="into">The table's columns, in the same order.</param>
    protected internal virtual bool TakesPacked(IPackedRows rows, IReadOnlyList<Column> from, IReadOnlyList<Column> into) => false;

    /// <summary>Readies a query that may be sent later (<see cref="BatchQuery.Deferred"/>); null where there is nothing to gain by waiting.</summary>
    /// <param name="lease">The connection for it.</param>
    /// <param name="statement">The query.</param>
    /// <param name="operation">The operation that ends with the reader.</param>
    /// <param name="open">Sends it; from then on the reader that it gives owns the connection and the operation.</param>
    protected virtual RowReader? Defer(SqlLease lease, SqlStatement statement, Operation operation, Func<CancellationToken, Task<RowReader>> open) => null;

    /// <summary>Describes a table; null where there is none.</summary>
    protected internal abstract Task<TableSchema?> DescribeAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel);

    /// <summary>The query that lists tables: schema (null in the default one) and name.</summary>
    protected internal abstract string ListTablesSql { get; }

    /// <summary>
    /// The query that gives the schema of a table, whether or not the operator wrote it (null in the default one), and its name as the database spells it. It names the
    /// table as <see cref="SqlStatement.Of"/> does, and answers also where there is none.
    /// </summary>
    protected abstract string ResolveSql { get; }

    /// <summary>
    /// The query that lists foreign keys of other tables that would delete or change rows there when rows of a table go: the other table, the key, and what happens. It
    /// names the table likewise.
    /// </summary>
    protected abstract string CascadesSql { get; }

    /// <summary>The query that gives the server's clock.</summary>
    protected abstract string ServerTimeSql { get; }

    /// <summary>The columns of a result, in portable types.</summary>
    protected internal abstract IReadOnlyList<Column> DescribeResult(DbDataReader reader);

    /// <summary>Wraps a driver's reader so that each cell comes in its column's portable type.</summary>
    protected internal virtual SqlRowReader Wrap(
        DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel) =>
        new(this, command, reader, columns, owned, cancel);

    /// <summary>Turns an error of the driver into ours; called by <see cref="ToError(Exception, TableName?)"/> alone.</summary>
    /// <param name="error">The error; not one of ours, and no cancellation.</param>
    /// <param name="table">The table concerned, if any.</param>
    protected abstract DbConductorException Classify(Exception error, TableName? table);

    /// <summary>Binds a value, converting it into what the driver takes for the column.</summary>
    protected internal abstract void Bind(DbCommand command, SqlParameter parameter);

    /// <summary>Whether a transaction is still there after an error, so that it can go on (or go back to a savepoint).</summary>
    protected internal virtual bool IsAlive(DbTransaction transaction, DbConductorException error)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        try
        {
            return transaction.Connection is { State: ConnectionState.Open };
        }
        catch (ObjectDisposedException)
        {
            // Npgsql disposes of a transaction whose connection breaks
            return false;
        }
    }

    /// <summary>Whether any error of the server, also of a read, makes the rest of the transaction useless (PostgreSQL).</summary>
    protected internal virtual bool ReadErrorsDoom => false;

    /// <summary>Called before a savepoint is released as good, to find what would otherwise fail only at COMMIT.</summary>
    protected internal virtual Task BeforeReleaseAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Refuses a table whose writes cannot be rolled back.</summary>
    protected internal virtual Task RefuseUnsafeAsync(DbConnection connection, DbTransaction transaction, TableName table, CancellationToken cancel) =>
        Task.CompletedTask;

    /// <summary>Keeps others from adding rows with the keys of a loaded temporary table until the transaction ends.</summary>
    protected internal virtual async Task LockForMergeAsync(
        SqlTransaction transaction, TableName table, TableName stage, IReadOnlyList<Column> key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (Dialect.LockForMerge(table, stage, key) is { } sql)
        {
            await transaction.ExecuteAsync(new(sql), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Called when a transaction has ended, well or not, before its connection is given back: lets go of what outlives a transaction.</summary>
    protected internal virtual Task AfterTransactionAsync(DbConnection connection) => Task.CompletedTask;

    /// <summary>Called before a native query in a transaction.</summary>
    protected internal virtual Task BeforeQueryAsync(SqlTransaction transaction, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Called after a native query in a transaction, to find that it ended the transaction.</summary>
    protected internal virtual Task AfterQueryAsync(SqlTransaction transaction, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Called before an operator's transaction writes, so that what would commit it is refused before anything is sent.</summary>
    internal async Task RefuseCommittingDdlAsync(TableName table, SaveOptions options, CancellationToken cancel)
    {
        if (!Info.TransactionalDdl && options.CreateTable && await DescribeAsync(table, cancel).ConfigureAwait(false) is null)
        {
            throw CommittingDdl(table);
        }
    }

    /// <summary>The error of creating a table inside an operator's transaction where that would commit it.</summary>
    internal DbConductorException CommittingDdl(TableName table) => new(
        DbErrorKind.InvalidOperation,
        $"There is no table '{table}', and {Info.Product} cannot create one inside a transaction without committing it. " +
        "Create it before the transaction begins (New-DbTable).")
    { Target = table.ToString() };

    /// <summary>Foreign keys of other tables that would delete or change rows there when rows of this table go, for people.</summary>
    internal async Task<IReadOnlyList<string>> CascadesIntoAsync(DbConnection connection, DbTransaction transaction, TableName table, CancellationToken cancel)
    {
        List<string> found = [];
        await using DbCommand command = CreateCommand(connection, transaction, SqlStatement.Of(table, CascadesSql));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            found.Add($"{reader.GetString(0)}.{reader.GetString(1)} (on delete {reader.GetString(2).ToLowerInvariant()})");
        }

        return found;
    }

    /// <summary>Opens the reader of a query inside a transaction. Its rest is set aside before anything else is sent.</summary>
    protected internal virtual async Task<RowReader> OpenInTransactionAsync(SqlTransaction transaction, SqlStatement statement, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await OpenReaderAsync(transaction.Connection, transaction.Inner, null, statement, cancel).ConfigureAwait(false);
    }

    /// <summary>Cancels a command on the server, without waiting for it.</summary>
    protected internal virtual void Cancel(DbCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Cancel();
    }

    /// <summary>Cancels a command when a token is cancelled, without ever blocking the one who cancels.</summary>
    protected internal virtual CancellationTokenRegistration CancelOn(DbCommand command, CancellationToken cancel) =>
        cancel.UnsafeRegister(_ => ThreadPool.UnsafeQueueUserWorkItem(_ => Cancel(command), null), null);

    /// <summary>
    /// Ends a command that gives no first row within its <see cref="DbCommand.CommandTimeout"/>, where the driver does not do so itself. Disposed when the row is there.
    /// </summary>
    protected internal virtual IDisposable? LimitTime(DbCommand command) => null;

    /// <inheritdoc/>
    public abstract Task ConnectAsync(CancellationToken cancel);

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancel) => GetServerTimeAsync(cancel);

    /// <inheritdoc/>
    public Task<DateTimeOffset> GetServerTimeAsync(CancellationToken cancel) => ReadAsync("time", null, async (connection, transaction) =>
    {
        await using DbCommand command = CreateCommand(connection, transaction, new SqlStatement(ServerTimeSql));
        object? value = await command.ExecuteScalarAsync(cancel).ConfigureAwait(false);
        return value is DateTime time
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : DateTimeOffset.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
    }, cancel);

    /// <inheritdoc/>
    public async Task<IDbTransaction> BeginAsync(IsolationLevel isolation, CancellationToken cancel) =>
        await BeginCoreAsync(isolation, exclusive: false, cancel).ConfigureAwait(false);

    private async Task<SqlTransaction> BeginCoreAsync(IsolationLevel isolation, bool exclusive, CancellationToken cancel)
    {
        SqlLease? lease = null;
        try
        {
            lease = await LeaseAsync(cancel).ConfigureAwait(false);
            // default(IsolationLevel) is no level of ADO.NET's: it means what Unspecified does
            IsolationLevel level = isolation == default ? IsolationLevel.Unspecified : isolation;
            DbTransaction inner = await BeginTransactionAsync(lease.Connection, level, cancel).ConfigureAwait(false);
            return new SqlTransaction(this, lease, inner, exclusive);
        }
        catch (Exception e)
        {
            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            throw ToError(e, null, cancel);
        }
    }

    /// <inheritdoc/>
    public async Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        return (await OpenAsync(
            "get",
            query.Table,
            query.Deferred,
            async connection => (SqlSelect.Rows(Dialect, await RequireAsync(connection, null, query.Table, cancel).ConfigureAwait(false), query), null),
            cancel).ConfigureAwait(false)).Rows!;
    }

    /// <summary>How Spark reaches the database, or why it cannot, as a clause.</summary>
    protected virtual (SparkConnection? Connection, string? Refusal) SparkConnection => (null, $"{Info.Product} is read through its session");

    /// <inheritdoc/>
    public async Task<SparkRead> DescribeReadAsync(BatchQuery query, SparkPartitioning? partitioning, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        (SparkConnection? connection, string? refusal) = SparkConnection;
        if (connection is null)
        {
            return SparkRead.No(refusal!);
        }

        TableSchema schema = await DescribeAsync(query.Table, cancel).ConfigureAwait(false) ?? throw Missing(query.Table);
        return SqlSparkRead.Make(Dialect, connection, schema, query, SqlSparkPartitions.Choose(this, schema, query, partitioning));
    }

    /// <inheritdoc/>
    public Task<TableJoin> TryJoinAsync(BatchQuery left, BatchQuery right, JoinSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(spec);
        return OpenAsync("join", left.Table, deferred: false, connection => JoinAsync(connection, null, left, right, spec, cancel), cancel);
    }

    /// <summary>The statement that joins two tables, or why there is none.</summary>
    internal async Task<(SqlStatement? Statement, string? Refusal)> JoinAsync(
        DbConnection connection, DbTransaction? transaction, BatchQuery left, BatchQuery right, JoinSpec spec, CancellationToken cancel)
    {
        TableSchema leftSchema = await RequireAsync(connection, transaction, left.Table, cancel).ConfigureAwait(false);
        TableSchema rightSchema = await RequireAsync(connection, transaction, right.Table, cancel).ConfigureAwait(false);
        SqlStatement? statement = SqlJoin.Make(this, (leftSchema, left), (rightSchema, right), spec, out string? refusal, out List<SqlStatement> strays);
        foreach (SqlStatement stray in strays)
        {
            if (await ScalarAsync(connection, transaction, stray, cancel).ConfigureAwait(false) is not null)
            {
                return (null, "a key has values of other types than its column declares");
            }
        }

        return (statement, refusal);
    }

    /// <summary>Opens the reader of a query on a connection that it keeps, if there is one.</summary>
    private async Task<TableJoin> OpenAsync(
        string name, TableName table, bool deferred, Func<DbConnection, Task<(SqlStatement? Statement, string? Refusal)>> prepare, CancellationToken cancel)
    {
        Operation operation = Operation.Start(Logger, Source, name, table);
        SqlLease? lease = null;
        return await ClassifyingAsync(async () =>
        {
            lease = await LeaseAsync(cancel).ConfigureAwait(false);
            (SqlStatement? statement, string? refusal) = await prepare(lease.Connection).ConfigureAwait(false);
            if (statement is null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
                operation.Dispose();
                return new TableJoin(null, refusal);
            }

            RowReader? later = deferred ? Defer(lease, statement, operation, _ => ClassifyingAsync(() => SendAsync(statement))) : null;
            return new(later ?? await SendAsync(statement).ConfigureAwait(false), null);
        }).ConfigureAwait(false);

        async Task<RowReader> SendAsync(SqlStatement statement)
        {
            SqlRowReader reader = await OpenReaderAsync(lease!.Connection, null, lease, statement, cancel).ConfigureAwait(false);
            reader.Operation = operation;
            return ReadersBlockWriters ? await SpoolAsync(reader, cancel).ConfigureAwait(false) : reader;
        }

        async Task<T> ClassifyingAsync<T>(Func<Task<T>> work)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                if (lease is not null)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                }

                Exception error = ToError(e, table, cancel);
                operation.Fail(error);
                operation.Dispose();
                throw error;
            }
        }
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        ReadAsync("count", table, (connection, transaction) => CountAsync(connection, transaction, table, filter, cancel), cancel);

    /// <inheritdoc/>
    public Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel) =>
        ReadAsync("describe", table, (connection, transaction) => DescribeAsync(connection, transaction, table, cancel), cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<TableName> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (TableName table in await ReadAsync("list", null, (connection, transaction) => ListAsync(connection, transaction, cancel), cancel).ConfigureAwait(false))
        {
            yield return table;
        }
    }

    /// <inheritdoc/>
    public Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        return _calls.RunAsync("save", table, async operation =>
        {
            operation.BatchId = options.BatchId;
            SqlSaveCall call = new(this, table, await SpoolIfSingleAsync(rows, cancel).ConfigureAwait(false), options);
            SaveResult result = await call.RunAsync(work => InTransactionAsync(work, cancel), cancel).ConfigureAwait(false);
            operation.RowsWritten = result.Rows;
            return result;
        }, cancel);
    }

    /// <summary>Whether there is only this one connection (an SQLite database in memory), so that input is read to its end before a write begins.</summary>
    protected virtual bool SingleConnection => false;

    /// <summary>Whether an open reader keeps writers from committing, so that its rows are set aside in memory or a file before they are given out.</summary>
    protected virtual bool ReadersBlockWriters => SingleConnection;

    private async Task<RowReader> SpoolIfSingleAsync(RowReader rows, CancellationToken cancel) =>
        SingleConnection ? await RowSpool.SpoolAsync(rows, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false) : rows;

    private static async Task<RowReader> SpoolAsync(RowReader reader, CancellationToken cancel)
    {
        await using (reader.ConfigureAwait(false))
        {
            return await RowSpool.SpoolAsync(reader, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel) =>
        ReadAsync(
            "plan",
            table,
            async (connection, transaction) => SqlPlan.Make(
                this, table, await DescribeAsync(connection, transaction, table, cancel).ConfigureAwait(false), columns, options),
            cancel);

    /// <inheritdoc/>
    public Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel) =>
        WriteAsync("update", table, transaction => transaction.UpdateAsync(table, filter, set, cancel), cancel);

    /// <inheritdoc/>
    public async Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel)
    {
        RowReader input = await SpoolIfSingleAsync(rows, cancel).ConfigureAwait(false);
        return await WriteAsync("update", table, transaction => transaction.UpdateAsync(table, input, key, cancel), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        WriteAsync("delete", table, transaction => transaction.DeleteAsync(table, filter, cancel), cancel);

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel)
    {
        RowReader input = await SpoolIfSingleAsync(keys, cancel).ConfigureAwait(false);
        return await WriteAsync("delete", table, transaction => transaction.DeleteAsync(table, input, key, cancel), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel) => WriteAsync(
        "create",
        table,
        async transaction =>
        {
            await transaction.CreateAsync(table, schema, cancel).ConfigureAwait(false);
            return 0L;
        },
        cancel);

    /// <inheritdoc/>
    public Task DropAsync(TableName table, CancellationToken cancel) => WriteAsync("drop", table, transaction => transaction.DropAsync(table, cancel), cancel);

    /// <inheritdoc/>
    public async Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel)
    {
        SqlLease? lease = null;
        try
        {
            lease = await LeaseAsync(cancel).ConfigureAwait(false);
            IQueryResults results = await OpenQueryAsync(lease.Connection, null, lease, query, cancel).ConfigureAwait(false);
            return ReadersBlockWriters ? await SpooledResults.ReadAsync(results, cancel).ConfigureAwait(false) : results;
        }
        catch (Exception e)
        {
            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            throw ToError(e, null, cancel);
        }
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        _calls.IsClosed = true;
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>Called with the connection of a native query before and after it runs, to pass the server's notices on.</summary>
    protected internal virtual IDisposable? ListenToNotices(DbConnection connection, Action<string> onNotice) => null;

    internal async Task<IQueryResults> OpenQueryAsync(
        DbConnection connection, DbTransaction? transaction, IAsyncDisposable? owned, NativeQuery query, CancellationToken cancel)
    {
        SqlStatement statement = new(query.Text) { Timeout = query.Timeout };
        foreach ((string name, object? value) in query.Parameters)
        {
            statement.Named.Add(new SqlParameter(name, value, null));
        }

        IDisposable? notices = query.OnNotice is null ? null : ListenToNotices(connection, query.OnNotice);
        DbCommand command = CreateCommand(connection, transaction, statement);
        CancellationTokenRegistration interrupt = CancelOn(command, cancel);
        try
        {
            using IDisposable? limit = LimitTime(command);
            DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            return new SqlQueryResults(this, command, reader, interrupt, notices, owned);
        }
        catch
        {
            await interrupt.DisposeAsync().ConfigureAwait(false);
            notices?.Dispose();
            await command.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a query and wraps its reader, which then owns the command.</summary>
    protected internal async Task<SqlRowReader> OpenReaderAsync(
        DbConnection connection, DbTransaction? transaction, IAsyncDisposable? owned, SqlStatement statement, CancellationToken cancel)
    {
        DbCommand command = CreateCommand(connection, transaction, statement);
        try
        {
            DbDataReader reader;
            CancellationTokenRegistration interrupt = CancelOn(command, cancel);
            await using (interrupt.ConfigureAwait(false))
            {
                using IDisposable? limit = LimitTime(command);
                reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancel).ConfigureAwait(false);
            }

            return Wrap(command, reader, statement.Columns ?? DescribeResult(reader), owned, cancel);
        }
        catch
        {
            await command.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal Task<List<TableName>> ListAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancel) =>
        TablesAsync(connection, transaction, new SqlStatement(ListTablesSql), cancel);

    private async Task<List<TableName>> TablesAsync(DbConnection connection, DbTransaction? transaction, SqlStatement statement, CancellationToken cancel)
    {
        List<TableName> tables = [];
        await using DbCommand command = CreateCommand(connection, transaction, statement);
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            tables.Add(new(reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetString(1)));
        }

        return tables;
    }

    internal async Task<long> CountAsync(DbConnection connection, DbTransaction? transaction, TableName table, Filter? filter, CancellationToken cancel)
    {
        TableSchema schema = await RequireAsync(connection, transaction, table, cancel).ConfigureAwait(false);
        return Convert.ToInt64(
            await ScalarAsync(connection, transaction, SqlSelect.Count(Dialect, schema, table, filter), cancel).ConfigureAwait(false),
            System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Describes a table, or says that it is missing.</summary>
    internal async Task<TableSchema> RequireAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        await DescribeAsync(connection, transaction, table, cancel).ConfigureAwait(false) ?? throw Missing(table);

    internal DbConductorException Missing(TableName table, string remedy = "Get-DbTable lists those there are.") => new(
        DbErrorKind.NotFound, $"There is no table '{table}' in {Info.Location}. {remedy}") { Target = table.ToString() };

    /// <summary>A command with its values bound, without a time limit unless the statement has one.</summary>
    public DbCommand CreateCommand(DbConnection connection, DbTransaction? transaction, SqlStatement statement)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = statement.Text;
        command.Transaction = transaction;
        command.CommandTimeout = statement.Timeout is { } timeout ? Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds)) : 0;
        foreach (SqlParameter parameter in statement.Parameters.Items)
        {
            Bind(command, parameter);
        }

        foreach (SqlParameter parameter in statement.Named)
        {
            Bind(command, parameter);
        }

        SqlLog.Statement(Logger, statement.Text);
        return command;
    }

    /// <summary>Runs a statement and returns the number of rows that it changed.</summary>
    public async Task<long> ExecuteAsync(DbConnection connection, DbTransaction? transaction, SqlStatement statement, CancellationToken cancel)
    {
        await using DbCommand command = CreateCommand(connection, transaction, statement);
        await using CancellationTokenRegistration interrupt = CancelOn(command, cancel);
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Runs a statement and returns the first cell of its result.</summary>
    public async Task<object?> ScalarAsync(DbConnection connection, DbTransaction? transaction, SqlStatement statement, CancellationToken cancel)
    {
        await using DbCommand command = CreateCommand(connection, transaction, statement);
        await using CancellationTokenRegistration interrupt = CancelOn(command, cancel);
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false);
    }

    internal Exception ToError(Exception error, TableName? table, CancellationToken cancel) => _calls.ToError(error, table, cancel);

    /// <inheritdoc cref="SessionCalls.ToError(Exception, TableName?)"/>
    protected internal DbConductorException ToError(Exception error, TableName? table) => _calls.ToError(error, table);

    /// <summary>The table under one name, with its schema, whether or not the operator wrote it, and as the database spells it.</summary>
    internal async Task<TableName> ResolveAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        (await TablesAsync(connection, transaction, SqlStatement.Of(table, ResolveSql), cancel).ConfigureAwait(false))[0];

    internal Task<TableName> ResolveAsync(TableName table, CancellationToken cancel) =>
        WithConnectionAsync(table, connection => ResolveAsync(connection, null, table, cancel), cancel);

    /// <summary>
    /// Inserts a row unless its key is there, and then says so. Waits for whoever is inserting the same key, and leaves the transaction able to go on.
    /// </summary>
    /// <param name="transaction">The transaction, in the caller's turn.</param>
    /// <param name="insert">A plain INSERT of one row.</param>
    /// <param name="cancel">Stops it.</param>
    protected internal virtual async Task<bool> TryInsertAsync(SqlTransaction transaction, SqlStatement insert, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(insert);
        return await transaction.ExecuteAsync(insert with { Text = insert.Text + " ON CONFLICT DO NOTHING" }, cancel).ConfigureAwait(false) > 0;
    }

    /// <summary>Runs a piece of work on a connection of its own.</summary>
    internal async Task<T> WithConnectionAsync<T>(TableName? table, Func<DbConnection, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using SqlLease lease = await LeaseAsync(cancel).ConfigureAwait(false);
            return await work(lease.Connection).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw ToError(e, table, cancel);
        }
    }

    /// <summary>Begins a transaction that nobody else knows of.</summary>
    internal Task<SqlTransaction> BeginOwnAsync(CancellationToken cancel) => BeginCoreAsync(IsolationLevel.Unspecified, exclusive: true, cancel);

    /// <summary>Begins one in which all reads see the same state.</summary>
    internal Task<SqlTransaction> BeginSnapshotAsync(CancellationToken cancel) => BeginCoreAsync(IsolationLevel.RepeatableRead, exclusive: true, cancel);

    private Task<T> ReadAsync<T>(string name, TableName? table, Func<DbConnection, DbTransaction?, Task<T>> work, CancellationToken cancel) =>
        _calls.RunAsync(name, table, async _ =>
        {
            await using SqlLease lease = await LeaseAsync(cancel).ConfigureAwait(false);
            return await work(lease.Connection, null).ConfigureAwait(false);
        }, cancel);

    private Task<long> WriteAsync(string name, TableName table, Func<SqlTransaction, Task<long>> work, CancellationToken cancel) =>
        _calls.RunAsync(name, table, async operation =>
        {
            long rows = await InTransactionAsync(work, cancel).ConfigureAwait(false);
            operation.RowsWritten = rows;
            return rows;
        }, cancel);

    private async Task<T> InTransactionAsync<T>(Func<SqlTransaction, Task<T>> work, CancellationToken cancel)
    {
        await using SqlTransaction transaction = await BeginOwnAsync(cancel).ConfigureAwait(false);
        T result = await work(transaction).ConfigureAwait(false);

        // once COMMIT is under way its outcome must become known: it is not cancelled
        cancel.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }
}
