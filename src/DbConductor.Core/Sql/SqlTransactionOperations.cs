using System.Runtime.CompilerServices;
using System.Text;

namespace DbConductor.Sql;

/// <content>What can be done with data within it.</content>
public sealed partial class SqlTransaction
{
    /// <inheritdoc/>
    public Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunAsync(false, query.Table, async () =>
        {
            TableSchema schema = await _adapter.RequireAsync(Connection, Inner, query.Table, cancel).ConfigureAwait(false);
            return await OpenAsync(SqlSelect.Rows(_adapter.Dialect, schema, query), cancel).ConfigureAwait(false);
        }, cancel);
    }

    /// <inheritdoc/>
    public Task<TableJoin> TryJoinAsync(BatchQuery left, BatchQuery right, JoinSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(spec);
        return RunAsync(false, left.Table, async () =>
        {
            (SqlStatement? statement, string? refusal) = await _adapter.JoinAsync(Connection, Inner, left, right, spec, cancel).ConfigureAwait(false);
            return statement is null ? new TableJoin(null, refusal) : new(await OpenAsync(statement, cancel).ConfigureAwait(false), null);
        }, cancel);
    }

    private async Task<RowReader> OpenAsync(SqlStatement statement, CancellationToken cancel)
    {
        TransactionRows open = new(this, await _adapter.OpenInTransactionAsync(this, statement, cancel).ConfigureAwait(false));
        _readers.Add(open);
        return open;
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        RunAsync(false, table, () => _adapter.CountAsync(Connection, Inner, table, filter, cancel), cancel);

    /// <inheritdoc/>
    public Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel) =>
        RunAsync(false, table, () => _adapter.DescribeAsync(Connection, Inner, table, cancel), cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<TableName> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (TableName table in await RunAsync(false, null, () => _adapter.ListAsync(Connection, Inner, cancel), cancel).ConfigureAwait(false))
        {
            yield return table;
        }
    }

    /// <inheritdoc/>
    public Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel) => RunAsync(
        false,
        table,
        async () => SqlPlan.Make(_adapter, table, await _adapter.DescribeAsync(Connection, Inner, table, cancel).ConfigureAwait(false), columns, options),
        cancel);

    /// <inheritdoc/>
    public async Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.CommitEvery is not null)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-CommitEvery has no meaning inside a transaction, which commits once, at its end.");
        }

        return await Operation.RunAsync(_adapter.Logger, _adapter.Source, "save", table, async operation =>
        {
            operation.BatchId = options.BatchId;
            SqlSaveCall call = new(_adapter, table, rows, options);
            await _adapter.RefuseCommittingDdlAsync(table, options, cancel).ConfigureAwait(false);
            SaveResult result = await _state.DoomingAsync(table, () => call.RunAsync(this, cancel)).ConfigureAwait(false);
            operation.RowsWritten = result.Rows;
            return result;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(set);
        return RunAsync(true, table, async () =>
        {
            TableSchema schema = await _adapter.RequireAsync(Connection, Inner, table, cancel).ConfigureAwait(false);
            return await ExecuteAsync(SqlUpdate.Statement(_adapter.Dialect, table, schema, filter, set), cancel).ConfigureAwait(false);
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel)
    {
        SqlByKey work = new(_adapter, table, rows, key, delete: false);
        return await _state.DoomingAsync(table, () => work.RunAsync(this, cancel)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel) => RunAsync(true, table, async () =>
    {
        TableSchema schema = await _adapter.RequireAsync(Connection, Inner, table, cancel).ConfigureAwait(false);
        SqlParameters parameters = new();
        StringBuilder sql = new($"DELETE FROM {_adapter.Dialect.Quote(table)}");
        SqlSelect.Where(sql, _adapter.Dialect, schema, $"Table '{table}'", filter, parameters);
        return await ExecuteAsync(new SqlStatement(sql.ToString()) { Parameters = parameters }, cancel).ConfigureAwait(false);
    }, cancel);

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel)
    {
        SqlByKey work = new(_adapter, table, keys, key, delete: true);
        return await _state.DoomingAsync(table, () => work.RunAsync(this, cancel)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel) => !_exclusive && !_adapter.Info.TransactionalDdl
        ? Task.FromException(_adapter.CommittingDdl(table))
        : RunAsync(true, table, async () =>
    {
        SqlStatement create = new(_adapter.Dialect.CreateTable(table, schema));
        if (await _adapter.DescribeAsync(Connection, Inner, table, cancel).ConfigureAwait(false) is not null)
        {
            throw new DbConductorException(DbErrorKind.AlreadyExists, $"There is a table '{table}' already in {_adapter.Info.Location}.")
            { Target = table.ToString() };
        }

        return await ExecuteAsync(create, cancel).ConfigureAwait(false);
    }, cancel);

    /// <summary>Removes a table, if there is one.</summary>
    internal Task<long> DropAsync(TableName table, CancellationToken cancel) => RunAsync(
        true, table, async () => (long)await ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {_adapter.Dialect.Quote(table)}"), cancel).ConfigureAwait(false), cancel);

    /// <inheritdoc/>
    /// <remarks>The result sets are read to their end, into memory and past a limit into a file, so that the connection is free for what follows.</remarks>
    public Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel) => RunAsync<IQueryResults>(true, null, async () =>
    {
        await _adapter.BeforeQueryAsync(this, cancel).ConfigureAwait(false);
        IQueryResults results = await _adapter.OpenQueryAsync(Connection, Inner, null, query, cancel).ConfigureAwait(false);
        IQueryResults read = await SpooledResults.ReadAsync(results, cancel).ConfigureAwait(false);
        await _adapter.AfterQueryAsync(this, cancel).ConfigureAwait(false);
        return read;
    }, cancel);
}
