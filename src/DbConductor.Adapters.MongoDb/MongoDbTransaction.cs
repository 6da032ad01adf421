using System.Runtime.CompilerServices;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// A transaction on a session, which takes one command at a time. A read is set aside, in memory and past a limit in a file, before its rows are given out, so that
/// reading and writing in one pipeline works within it. MongoDB has no savepoints.
/// </summary>
internal sealed class MongoDbTransaction : IDbTransaction
{
    private readonly MongoDbAdapter _adapter;
    private readonly IClientSessionHandle _session;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TransactionState _state = new();
    private readonly MongoScope _scope;

    public MongoDbTransaction(MongoDbAdapter adapter, IClientSessionHandle session)
    {
        _adapter = adapter;
        _session = session;
        _scope = new(adapter, session);
    }

    public DbConductorException? DoomedBy => _state.DoomedBy;

    public Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel) => RunAsync("get", query.Table, writes: false, async _ =>
    {
        await using DocumentRows rows = await DocumentQuery.OpenAsync(_scope, query, cancel).ConfigureAwait(false);
        return await RowSpool.SpoolAsync(rows, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false);
    }, cancel);

    public Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        RunAsync("count", table, writes: false, _ => DocumentQuery.CountAsync(_scope, table, filter, cancel), cancel);

    public Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel) =>
        RunAsync("describe", table, writes: false, _ => CollectionDescription.MakeAsync(_scope, table, cancel), cancel);

    public async IAsyncEnumerable<TableName> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        // the catalogue is no part of a transaction
        foreach (TableName table in await RunAsync("list", null, writes: false, _ => CollectionList.ReadAsync(_adapter.Outside(), cancel), cancel).ConfigureAwait(false))
        {
            yield return table;
        }
    }

    public Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel) =>
        RunAsync("plan", table, writes: false, _ => MongoPlan.MakeAsync(_scope, table, columns, options, cancel), cancel);

    public async Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.CommitEvery is not null)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-CommitEvery has no meaning inside a transaction, which commits once, at its end.");
        }

        // refused before anything is sent, so that the transaction can go on
        if (options.Reject is not null)
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                "MongoDB ends a transaction at the first row that it refuses, so that rows cannot be rejected one by one inside one. Leave -RejectInto and -RejectPath out, or write outside the transaction.")
            { Target = table.ToString() };
        }

        if (options.CreateTable && await CollectionSchema.LoadAsync(_scope, table, cancel).ConfigureAwait(false) is null)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation, $"There is no collection '{table}', and none is created inside a transaction. Create it before the transaction begins (New-DbTable).")
            { Target = table.ToString() };
        }

        return await SpooledAsync(rows, input => RunAsync("save", table, writes: true, async operation =>
            {
                SaveResult result = await new MongoSave(_scope, table, input, options).RunAsync(cancel).ConfigureAwait(false);
                operation.RowsWritten = result.Rows;
                return result;
            }, cancel), table, cancel).ConfigureAwait(false);
    }

    public Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel) =>
        RunAsync("update", table, writes: true, _ => DocumentChange.UpdateAsync(_scope, table, filter, set, cancel), cancel);

    public Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel) =>
        SpooledAsync(rows, input => ByKeyAsync("update", table, input, key, delete: false, cancel), table, cancel);

    public Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        RunAsync("delete", table, writes: true, _ => DocumentChange.DeleteAsync(_scope, table, filter, cancel), cancel);

    public Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel) =>
        SpooledAsync(keys, input => ByKeyAsync("delete", table, input, key, delete: true, cancel), table, cancel);

    public Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel) => RunAsync<int>("create", table, writes: false, _ => throw new DbConductorException(
        DbErrorKind.InvalidOperation, $"A collection is not created inside a transaction: '{table}' would stay when it is rolled back. Create it before the transaction begins.")
    { Target = table.ToString() }, cancel);

    public Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel) => RunAsync("query", null, writes: true, async _ =>
    {
        MongoQueryResults results = new(_scope, query, cancel);
        await results.StartAsync().ConfigureAwait(false);
        return await SpooledResults.ReadAsync(results, cancel).ConfigureAwait(false);
    }, cancel);

    public async Task CommitAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // what is refused here leaves the transaction as it is: to be rolled back
            _state.ThrowIfUnusable();
            _state.HasEnded = true;
            await MongoDbConnection.CommitAsync(_adapter, _session).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw _adapter.Calls.ToError(e, null);
        }
        finally
        {
            _gate.Release();
            Close();
        }
    }

    public async Task RollbackAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!_state.HasEnded)
            {
                _state.HasEnded = true;
                await MongoDbConnection.AbortAsync(_session).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
            Close();
        }
    }

    public Task SaveAsync(string savepoint, CancellationToken cancel)
    {
        _state.ThrowIfEnded();
        throw new DbConductorException(
            DbErrorKind.NotSupported, "MongoDB has no savepoints, so that a block inside a transaction could not be undone by itself. Leave the inner Use-DbTransaction out.");
    }

    public Task ReleaseAsync(string savepoint, CancellationToken cancel) => SaveAsync(savepoint, cancel);

    public Task RollbackToAsync(string savepoint, CancellationToken cancel) => SaveAsync(savepoint, cancel);

    public async ValueTask DisposeAsync() => await RollbackAsync(CancellationToken.None).ConfigureAwait(false);

    private void Close()
    {
        if (_state.HasEnded)
        {
            _session.Dispose();
        }
    }

    private Task<long> ByKeyAsync(string name, TableName table, RowReader rows, IReadOnlyList<string> key, bool delete, CancellationToken cancel) => RunAsync(name, table, writes: true, async operation =>
    {
        KeyedChange change = await KeyedChange.PrepareAsync(_scope, table, rows, key, delete, cancel).ConfigureAwait(false);
        await using (change.ConfigureAwait(false))
        {
            long found = await change.RunAsync(_scope, cancel).ConfigureAwait(false);
            operation.RowsWritten = found;
            return found;
        }
    }, cancel);

    /// <summary>
    /// Puts the input aside before the session is taken: the caller's thread may need it to make the next row. The rows are part of the write, whose failure dooms.
    /// </summary>
    private Task<T> SpooledAsync<T>(RowReader rows, Func<RowReader, Task<T>> write, TableName table, CancellationToken cancel) => _state.DoomingAsync(table, async () =>
    {
        if (!rows.FedByCaller)
        {
            return await write(rows).ConfigureAwait(false);
        }

        await using RowReader aside = await RowSpool.SpoolAsync(rows, MongoSave.SpoolMemory, cancel).ConfigureAwait(false);
        return await write(aside).ConfigureAwait(false);
    });

    private Task<T> RunAsync<T>(string name, TableName? table, bool writes, Func<Operation, Task<T>> work, CancellationToken cancel) => _adapter.Calls.RunAsync(name, table, async operation =>
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _state.ThrowIfUnusable();
            return await work(operation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // after any error of the server the transaction is aborted there (https://www.mongodb.com/docs/manual/core/transactions-in-applications/)
            Exception error = _adapter.Calls.ToError(e, table, cancel);
            if (writes || e is not DbConductorException || error is OperationCanceledException)
            {
                _state.Doom(error, table);
            }

            throw error;
        }
        finally
        {
            _gate.Release();
        }
    }, cancel);
}
