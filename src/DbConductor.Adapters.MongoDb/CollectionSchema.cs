using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>What the server keeps about a collection: the columns that were declared for it, and its unique indexes.</summary>
/// <remarks>
/// <c>New-DbTable</c> and <c>-CreateTable</c> declare columns in the collection's validator, as <c>$jsonSchema</c> with each column's portable type in <c>title</c>; the
/// server then refuses documents that break it, whoever sends them, so that readers can rely on these types. Fields beside them are free. A collection that was made in
/// another way has no declared column, and every field of it may differ from one document to the next.
/// </remarks>
internal sealed record CollectionSchema(TableName Table)
{
    /// <summary>What a validator of ours has in its title.</summary>
    public const string Mark = "dbconductor";

    /// <summary>The name of the index that keeps the declared key unique.</summary>
    public const string KeyIndex = "dbconductor_key";

    /// <summary>The field that every document has.</summary>
    public const string Id = "_id";

    /// <summary>The declared columns in order.</summary>
    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>Whether columns were declared, so that <c>_id</c> is shown only where it is one of them.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Whether it is a view.</summary>
    public bool IsView { get; init; }

    /// <summary>The collation by which it compares text unless told otherwise; null means byte by byte.</summary>
    public BsonDocument? Collation { get; init; }

    /// <summary>The columns of each unique index that covers every document.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UniqueKeys { get; init; } = [];

    /// <summary>The columns that identify a document.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Whether documents show their <c>_id</c>.</summary>
    public bool ShowsId => !IsDeclared || Columns.Any(c => c.Name == Id);

    /// <summary>Asks the server; null where there is no such collection.</summary>
    public static async Task<CollectionSchema?> LoadAsync(MongoScope scope, TableName table, CancellationToken cancel)
    {
        // the catalogue is no part of a transaction
        MongoScope outside = new(scope.Adapter, null);
        if (await ListedAsync(outside, table, cancel).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        BsonDocument options = found.GetValue("options", new BsonDocument()).AsBsonDocument;
        CollectionSchema schema = Declared(new(table)
        {
            IsView = found.GetValue("type", "").AsString == "view",
            Collation = options.GetValue("collation", BsonNull.Value) as BsonDocument,
        }, options);
        return schema.IsView ? schema : await schema.WithIndexesAsync(outside, cancel).ConfigureAwait(false);
    }

    private static async Task<BsonDocument?> ListedAsync(MongoScope scope, TableName table, CancellationToken cancel)
    {
        try
        {
            BsonDocument answer = await scope.RunAsync(
                table.Schema, new() { { "listCollections", 1 }, { "filter", new BsonDocument("name", table.Name) } }, cancel).ConfigureAwait(false);
            return answer["cursor"]["firstBatch"].AsBsonArray.OfType<BsonDocument>().FirstOrDefault();
        }
        catch (MongoCommandException e) when (e.Code == 73)
        {
            // a database of a name that none can have
            return null;
        }
    }

    /// <summary>A unique index over just these columns, in whatever order, keeps two documents from having the same values of them.</summary>
    public bool IsUnique(IReadOnlyList<string> key) => key.Contains(Id) || UniqueKeys.Any(unique => unique.Count == key.Count && unique.All(key.Contains));

    /// <summary>Whether values of these columns, and of any others, find one document at most.</summary>
    public bool HasUniqueWithin(IReadOnlyList<string> columns) => columns.Contains(Id) || UniqueKeys.Any(unique => unique.All(columns.Contains));

    private static CollectionSchema Declared(CollectionSchema schema, BsonDocument options)
    {
        if (options.GetValue("validator", null) is not BsonDocument validator || validator.GetValue("$jsonSchema", null) is not BsonDocument rules
            || rules.GetValue("title", "") != Mark || rules.GetValue("properties", null) is not BsonDocument properties)
        {
            return schema;
        }

        BsonArray required = rules.GetValue("required", new BsonArray()).AsBsonArray;
        List<Column> columns = [];
        foreach (BsonElement property in properties)
        {
            BsonDocument rule = property.Value.AsBsonDocument;
            PortableType type = PortableType.Parse(rule["title"].AsString);
            columns.Add(new(property.Name, type)
            {
                Nullable = !required.Contains(property.Name),
                NativeType = rule.GetValue("bsonType", "any") is BsonArray types ? types[0].AsString : rule.GetValue("bsonType", "any").AsString,
                Collation = schema.Collation?.GetValue("locale", null)?.AsString,
                Limits = FieldLimits.Of(type.Kind),
            });
        }

        return schema with { Columns = columns, IsDeclared = true };
    }

    private async Task<CollectionSchema> WithIndexesAsync(MongoScope scope, CancellationToken cancel)
    {
        BsonDocument answer;
        try
        {
            answer = await scope.RunAsync(Table.Schema, new("listIndexes", Table.Name), cancel).ConfigureAwait(false);
        }
        catch (MongoCommandException e) when (e.Code == 26)
        {
            return this;
        }

        List<IReadOnlyList<string>> unique = [];
        IReadOnlyList<string>? key = null;
        foreach (BsonDocument index in answer["cursor"]["firstBatch"].AsBsonArray.OfType<BsonDocument>())
        {
            if (index.GetValue("unique", false).ToBoolean() && !index.Contains("partialFilterExpression") && !index.GetValue("sparse", false).ToBoolean())
            {
                string[] columns = [.. index["key"].AsBsonDocument.Names];
                unique.Add(columns);
                key = index["name"].AsString == KeyIndex ? columns : key;
            }
        }

        return this with { UniqueKeys = unique, Key = key ?? (ShowsId ? [Id] : []) };
    }
}
