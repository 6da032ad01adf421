using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Reads and counts the documents of a collection.</summary>
internal static class DocumentQuery
{
    /// <summary>How many documents come at a time; a batch has at most 16 MB anyway.</summary>
    private const int BatchSize = 4000;

    /// <summary>Describes a collection, or says that it is missing.</summary>
    public static async Task<CollectionSchema> RequireAsync(MongoScope scope, TableName table, CancellationToken cancel) =>
        await CollectionSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false) ?? throw Missing(scope, table);

    public static DbConductorException Missing(MongoScope scope, TableName table, string remedy = "Get-DbTable lists those there are.") =>
        new(DbErrorKind.NotFound, $"There is no collection '{table}' in {scope.Adapter.Location}. {remedy}") { Target = table.ToString() };

    /// <summary>Opens a reader. Inside a transaction it must be read to its end before anything else is sent.</summary>
    public static async Task<DocumentRows> OpenAsync(MongoScope scope, BatchQuery query, CancellationToken cancel)
    {
        CollectionSchema schema = await RequireAsync(scope, query.Table, cancel).ConfigureAwait(false);
        FieldResolver fields = new(scope, schema);
        BsonDocument filter = await FilterDocument.RenderAsync(query.Where, schema, fields, cancel).ConfigureAwait(false);
        List<(string Source, Column Column)> picks = [.. (await fields.PicksAsync(query, cancel).ConfigureAwait(false)).Select(p => (p.Source.Name, p.Column))];
        BsonDocument sort = [];
        foreach (SortKey key in query.OrderBy)
        {
            string path = (await fields.FindAsync(key.Column, cancel).ConfigureAwait(false)).Name;
            _ = sort.Contains(path) ? sort : sort.Add(path, key.Descending ? -1 : 1);
        }

        if (query.Skip > int.MaxValue || query.First > int.MaxValue)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-Skip and -First take at most 2,147,483,647 here. Narrow the rows down with -Where.");
        }

        FindOptions<RawDocument> options = new()
        {
            Sort = sort.ElementCount > 0 ? sort : null,
            Skip = query.Skip > 0 ? (int)query.Skip : null,
            Limit = query.First is { } first ? (int)first : null,
            Projection = Projection(schema, picks),
            BatchSize = BatchSize,
            MaxTime = query.Timeout,
            AllowDiskUse = sort.ElementCount > 0 && scope.Session is null ? true : null,
        };
        DocumentShape shape = picks.Count > 0 ? DocumentShape.Of(picks) : DocumentShape.All(schema.Columns);

        // to the server a limit of zero is none
        IAsyncCursor<RawDocument> cursor = await scope.FindAsync(query.Table, query.First == 0 ? new(CollectionSchema.Id, new BsonDocument("$in", new BsonArray())) : filter, options, cancel)
            .ConfigureAwait(false);
        DocumentSource source = new(cursor, error => scope.Adapter.Calls.ToError(error, query.Table, cancel));
        string name = scope.Adapter.NameOf(query.Table);
        try
        {
            OpenReads.Add(name, source);
            return await DocumentRows.OpenAsync(
                source,
                shape,
                () =>
                {
                    OpenReads.Remove(name, source);
                    return default;
                },
                cancel).ConfigureAwait(false);
        }
        catch
        {
            OpenReads.Remove(name, source);
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static async Task<long> CountAsync(MongoScope scope, TableName table, Filter? filter, CancellationToken cancel)
    {
        CollectionSchema schema = await RequireAsync(scope, table, cancel).ConfigureAwait(false);
        BsonDocument rendered = await FilterDocument.RenderAsync(filter, schema, new(scope, schema), cancel).ConfigureAwait(false);
        return await scope.CountAsync(table, rendered, cancel).ConfigureAwait(false);
    }

    private static BsonDocument? Projection(CollectionSchema schema, List<(string Source, Column Column)> picks)
    {
        if (picks.Count == 0)
        {
            return schema.ShowsId ? null : new(CollectionSchema.Id, 0);
        }

        // where 'a' is asked for, 'a.b' beside it would collide
        HashSet<string> wanted = [.. picks.Select(p => p.Source)];
        BsonDocument projection = [];
        foreach (string path in wanted.Where(p => !wanted.Any(other => p.StartsWith(other + ".", StringComparison.Ordinal))))
        {
            projection.Add(path, 1);
        }

        return projection.Contains(CollectionSchema.Id) ? projection : projection.Add(CollectionSchema.Id, 0);
    }
}
