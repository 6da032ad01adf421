using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// What commands run on: a database, and where they are part of a transaction its session, which takes one command at a time. Each is logged in the shape that
/// it has, without a value.
/// </summary>
internal sealed partial class MongoScope(MongoDbAdapter adapter, IClientSessionHandle? session)
{
    public MongoDbAdapter Adapter => adapter;

    /// <summary>The transaction's session; null outside one.</summary>
    public IClientSessionHandle? Session => session;

    public IMongoCollection<T> Collection<T>(TableName table) => Database(table.Schema).GetCollection<T>(table.Name);

    public IMongoDatabase Database(string? schema) => adapter.Client.GetDatabase(schema ?? adapter.DatabaseName);

    public Task<BsonDocument> RunAsync(string? schema, BsonDocument command, CancellationToken cancel)
    {
        Note(command.GetElement(0).Name, command[0].ToString()!, command);
        IMongoDatabase database = Database(schema);
        return session is null ? database.RunCommandAsync<BsonDocument>(command, null, cancel) : database.RunCommandAsync<BsonDocument>(session, command, null, cancel);
    }

    public Task<IAsyncCursor<T>> FindAsync<T>(TableName table, BsonDocument filter, FindOptions<T> options, CancellationToken cancel)
    {
        Note("find", table.Name, filter);
        IMongoCollection<T> collection = Collection<T>(table);
        return session is null ? collection.FindAsync(filter, options, cancel) : collection.FindAsync(session, filter, options, cancel);
    }

    public Task<long> CountAsync(TableName table, BsonDocument filter, CancellationToken cancel)
    {
        Note("count", table.Name, filter);
        IMongoCollection<BsonDocument> collection = Collection<BsonDocument>(table);
        return session is null ? collection.CountDocumentsAsync(filter, null, cancel) : collection.CountDocumentsAsync(session, filter, null, cancel);
    }

    public Task InsertAsync(TableName table, IReadOnlyList<RawDocument> documents, CancellationToken cancel)
    {
        Note("insert", table.Name, null);
        IMongoCollection<RawDocument> collection = Collection<RawDocument>(table);
        InsertManyOptions options = new() { IsOrdered = session is not null };
        return session is null ? collection.InsertManyAsync(documents, options, cancel) : collection.InsertManyAsync(session, documents, options, cancel);
    }

    public Task<BulkWriteResult<RawDocument>> WriteAsync(TableName table, IReadOnlyList<WriteModel<RawDocument>> writes, CancellationToken cancel)
    {
        Note("bulkWrite", table.Name, null);
        IMongoCollection<RawDocument> collection = Collection<RawDocument>(table);
        BulkWriteOptions options = new() { IsOrdered = session is not null };
        return session is null ? collection.BulkWriteAsync(writes, options, cancel) : collection.BulkWriteAsync(session, writes, options, cancel);
    }

    public async Task<long> UpdateAsync(TableName table, BsonDocument filter, BsonDocument update, CancellationToken cancel)
    {
        Note("update", table.Name, filter);
        IMongoCollection<BsonDocument> collection = Collection<BsonDocument>(table);
        UpdateResult result = await (session is null ? collection.UpdateManyAsync(filter, update, null, cancel) : collection.UpdateManyAsync(session, filter, update, null, cancel))
            .ConfigureAwait(false);
        return result.MatchedCount;
    }

    public async Task<long> DeleteAsync(TableName table, BsonDocument filter, CancellationToken cancel)
    {
        Note("delete", table.Name, filter);
        IMongoCollection<BsonDocument> collection = Collection<BsonDocument>(table);
        DeleteResult result = await (session is null ? collection.DeleteManyAsync(filter, cancel) : collection.DeleteManyAsync(session, filter, null, cancel)).ConfigureAwait(false);
        return result.DeletedCount;
    }

    private void Note(string command, string target, BsonDocument? body)
    {
        if (adapter.Calls.Logger.IsEnabled(LogLevel.Debug))
        {
            Sent(adapter.Calls.Logger, command, target, body is null ? "" : Shape(body));
        }
    }

    /// <summary>A command's names with a question mark in the place of every value.</summary>
    private static string Shape(BsonValue value) => value switch
    {
        BsonDocument document => $"{{ {string.Join(", ", document.Select(e => $"{e.Name}: {Shape(e.Value)}"))} }}",
        BsonArray { Count: > 0 and < 20 } array => $"[{string.Join(", ", array.Select(Shape))}]",
        BsonArray => "[...]",
        _ => "?",
    };

    [LoggerMessage(EventId = 20, Level = LogLevel.Debug, Message = "{Command} {Target} {Shape}")]
    private static partial void Sent(ILogger logger, string command, string target, string shape);
}
