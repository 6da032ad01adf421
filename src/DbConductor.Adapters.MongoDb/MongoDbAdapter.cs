using System.Data;
using System.Runtime.CompilerServices;
using DbConductor.Spark;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// MongoDB through its official driver. Where the server has transactions (a replica set or a sharded cluster, which <c>hello</c> tells), a call that writes is one;
/// a standalone server has none, and there the result's path says what stands in for it.
/// </summary>
internal sealed class MongoDbAdapter : IDbAdapter, ISparkSource
{
    private readonly MongoClientSettings _settings;
    private readonly AdapterProfile _profile;
    private MongoClient? _client;
    private AdapterInfo? _info;

    public MongoDbAdapter(AdapterProfile profile, AdapterServices services)
    {
        _profile = profile;
        (_settings, DatabaseName, Location) = MongoDbSettings.Read(profile);
        MongoServerAddress server = _settings.Servers.First();
        OperationSource source = new("mongodb", profile) { Server = server.Host, Port = server.Port, Database = DatabaseName };
        Calls = new(profile, source, services.Logging.CreateLogger("DbConductor." + profile.Type), (error, table) => MongoDbErrors.From(error, table?.ToString(), Location));
        HasCredentials = _settings.Credential is not null;
    }

    /// <summary>Runs the session's calls.</summary>
    public SessionCalls Calls { get; }

    public string DatabaseName { get; }

    /// <summary>Server and database, for people.</summary>
    public string Location { get; }

    public AdapterInfo Info => _info!;

    /// <summary>Whether the server has transactions.</summary>
    public bool HasTransactions => Info.Transactions;

    public IMongoClient Client => _client!;

    internal bool HasCredentials { get; }

    /// <summary>What names a collection among all that this process may have open.</summary>
    public string NameOf(TableName table) => $"{string.Join(',', _settings.Servers)}/{table.Schema ?? DatabaseName}.{table.Name}";

    public async Task ConnectAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            _client ??= new MongoClient(_settings);
            _info = await MongoDbConnection.ConnectAsync(this, _settings.ServerSelectionTimeout, cancel).ConfigureAwait(false);
            Calls.IsClosed = false;
        }
        catch (Exception e)
        {
            throw Calls.ToError(e, null, cancel);
        }
    }

    /// <summary>Commands that are no part of a transaction, on a session that is open.</summary>
    public MongoScope Outside()
    {
        Calls.RequireOpen(_info is not null);
        return new(this, null);
    }

    public Task PingAsync(CancellationToken cancel) => GetServerTimeAsync(cancel);

    public Task<DateTimeOffset> GetServerTimeAsync(CancellationToken cancel) => Calls.RunAsync("time", null, async _ =>
    {
        BsonDocument hello = await Outside().RunAsync("admin", new("hello", 1), cancel).ConfigureAwait(false);
        return new DateTimeOffset(hello["localTime"].ToUniversalTime());
    }, cancel);

    public async Task<IDbTransaction> BeginAsync(IsolationLevel isolation, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        MongoScope outside = Outside();
        if (!HasTransactions)
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"{Location} is a standalone server, which has no transactions. Make it a replica set (one member is enough), or write without Start-DbTransaction: " +
                "each call then says in its result which guarantee held.")
            { Target = Location };
        }

        try
        {
            return new MongoDbTransaction(this, await MongoDbConnection.BeginAsync(outside.Adapter, cancel).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            throw Calls.ToError(e, null, cancel);
        }
    }

    public async Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel)
    {
        Operation operation = Operation.Start(Calls.Logger, Calls.Source, "get", query.Table);
        try
        {
            DocumentRows rows = await DocumentQuery.OpenAsync(Outside(), query, cancel).ConfigureAwait(false);
            rows.Operation = operation;
            return rows;
        }
        catch (Exception e)
        {
            Exception error = Calls.ToError(e, query.Table, cancel);
            operation.Fail(error);
            operation.Dispose();
            throw error;
        }
    }

    public Task<SparkRead> DescribeReadAsync(BatchQuery query, SparkPartitioning? partitioning, CancellationToken cancel) =>
        Calls.RunAsync("describe", query.Table, _ => MongoSpark.DescribeAsync(Outside(), _profile, query, partitioning, cancel), cancel);

    public Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        Calls.RunAsync("count", table, _ => DocumentQuery.CountAsync(Outside(), table, filter, cancel), cancel);

    public Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel) => Calls.RunAsync("save", table, async operation =>
    {
        operation.BatchId = options.BatchId;
        SaveResult result = await new MongoSave(Outside(), table, rows, options).RunAsync(cancel).ConfigureAwait(false);
        operation.RowsWritten = result.Rows;
        return result;
    }, cancel);

    public Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel) =>
        Calls.RunAsync("plan", table, _ => MongoPlan.MakeAsync(Outside(), table, columns, options, cancel), cancel);

    public Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel) =>
        WriteAsync("update", table, scope => DocumentChange.UpdateAsync(scope, table, filter, set, cancel), cancel);

    public Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel) =>
        ByKeyAsync("update", table, rows, key, delete: false, cancel);

    public Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel) =>
        WriteAsync("delete", table, scope => DocumentChange.DeleteAsync(scope, table, filter, cancel), cancel);

    public Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel) =>
        ByKeyAsync("delete", table, keys, key, delete: true, cancel);

    public Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel) =>
        Calls.RunAsync<IQueryResults>("query", null, async _ =>
        {
            MongoQueryResults results = new(Outside(), query, cancel);
            await results.StartAsync().ConfigureAwait(false);
            return results;
        }, cancel);

    public Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel) =>
        Calls.RunAsync("describe", table, _ => CollectionDescription.MakeAsync(Outside(), table, cancel), cancel);

    public Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel) => Calls.RunAsync("create", table, async _ =>
    {
        await CollectionCreation.RunAsync(Outside(), table, schema, cancel).ConfigureAwait(false);
        return 0;
    }, cancel);

    public Task DropAsync(TableName table, CancellationToken cancel) => Calls.RunAsync("drop", table, async _ =>
    {
        try
        {
            await Outside().RunAsync(table.Schema, new("drop", table.Name), cancel).ConfigureAwait(false);
        }
        catch (MongoCommandException e) when (e.Code == 26)
        {
            // there is none: older servers call that an error
        }

        return 0;
    }, cancel);

    public async IAsyncEnumerable<TableName> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (TableName table in await Calls.RunAsync("list", null, _ => CollectionList.ReadAsync(Outside(), cancel), cancel).ConfigureAwait(false))
        {
            yield return table;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!Calls.IsClosed)
        {
            Calls.IsClosed = true;
            _client?.Dispose();
        }

        return default;
    }

    private Task<long> WriteAsync(string name, TableName table, Func<MongoScope, Task<long>> work, CancellationToken cancel) => Calls.RunAsync(name, table, async operation =>
    {
        long rows = await MongoDbConnection.InTransactionAsync(Outside(), work, cancel).ConfigureAwait(false);
        operation.RowsWritten = rows;
        return rows;
    }, cancel);

    private Task<long> ByKeyAsync(string name, TableName table, RowReader rows, IReadOnlyList<string> key, bool delete, CancellationToken cancel) => Calls.RunAsync(name, table, async operation =>
    {
        KeyedChange change = await KeyedChange.PrepareAsync(Outside(), table, rows, key, delete, cancel).ConfigureAwait(false);
        await using (change.ConfigureAwait(false))
        {
            long matched = await MongoDbConnection.InTransactionAsync(Outside(), scope => change.RunAsync(scope, cancel), cancel).ConfigureAwait(false);
            operation.RowsWritten = matched;
            return matched;
        }
    }, cancel);
}
