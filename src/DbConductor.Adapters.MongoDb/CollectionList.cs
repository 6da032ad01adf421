using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Lists the collections and views that the user can see: those of the session's database, then those of the others.</summary>
internal static class CollectionList
{
    private static readonly string[] Internal = ["admin", "config", "local"];

    public static async Task<List<TableName>> ReadAsync(MongoScope scope, CancellationToken cancel)
    {
        List<TableName> tables = await OfAsync(scope, null, cancel).ConfigureAwait(false);
        BsonDocument answer = await scope.RunAsync("admin", new() { { "listDatabases", 1 }, { "nameOnly", true }, { "authorizedDatabases", true } }, cancel).ConfigureAwait(false);
        foreach (string name in answer["databases"].AsBsonArray.Select(d => d["name"].AsString).Where(n => n != scope.Adapter.DatabaseName && !Internal.Contains(n)).Order(StringComparer.Ordinal))
        {
            tables.AddRange(await OfAsync(scope, name, cancel).ConfigureAwait(false));
        }

        return tables;
    }

    private static async Task<List<TableName>> OfAsync(MongoScope scope, string? database, CancellationToken cancel)
    {
        ListCollectionNamesOptions options = new() { AuthorizedCollections = true };
        using IAsyncCursor<string> cursor = await scope.Database(database).ListCollectionNamesAsync(options, cancel).ConfigureAwait(false);
        List<string> names = await cursor.ToListAsync(cancel).ConfigureAwait(false);
        return [.. names.Where(n => !n.StartsWith("system.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => new TableName(database, n))];
    }
}
