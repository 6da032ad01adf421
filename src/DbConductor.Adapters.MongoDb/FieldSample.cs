using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The fields of a collection's first documents, in order of appearance, and the types of their values.</summary>
internal sealed class FieldSample
{
    private readonly Dictionary<string, HashSet<BsonType>> _types = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>How many documents were looked at.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the first documents.</summary>
    public static async Task<FieldSample> ReadAsync(MongoScope scope, TableName table, int count, CancellationToken cancel)
    {
        FieldSample sample = new();
        using IAsyncCursor<BsonDocument> cursor = await scope.FindAsync(table, [], new FindOptions<BsonDocument> { Limit = count }, cancel).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancel).ConfigureAwait(false))
        {
            foreach (BsonDocument document in cursor.Current)
            {
                sample.Count++;
                foreach (BsonElement element in document)
                {
                    if (!sample._types.TryGetValue(element.Name, out HashSet<BsonType>? types))
                    {
                        sample._names.Add(element.Name);
                        sample._types[element.Name] = types = [];
                    }

                    types.Add(element.Value.BsonType);
                }
            }
        }

        return sample;
    }

    /// <summary>The types of a field's values but null, by the server's names, in order.</summary>
    public IEnumerable<string> TypesOf(string name) =>
        _types.TryGetValue(name, out HashSet<BsonType>? types) ? types.Where(t => t is not (BsonType.Null or BsonType.Undefined)).Select(BsonNames.Of).Order(StringComparer.Ordinal) : [];
}
