using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Describes a collection: the columns that were declared for it, then the fields of a sample of its documents, of which each native type says that it comes from there.
/// </summary>
internal static class CollectionDescription
{
    /// <summary>How many documents are looked at.</summary>
    private const int SampleSize = 1000;

    public static async Task<TableSchema?> MakeAsync(MongoScope scope, TableName table, CancellationToken cancel)
    {
        if (await CollectionSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false) is not { } schema)
        {
            return null;
        }

        FieldSample sample = await FieldSample.ReadAsync(scope, table, SampleSize, cancel).ConfigureAwait(false);
        List<Column> columns = [.. schema.Columns];
        HashSet<string> declared = [.. schema.Columns.Select(c => c.Name)];
        foreach (string name in sample.Names.Where(name => !declared.Contains(name) && (schema.ShowsId || name != CollectionSchema.Id)))
        {
            string[] types = [.. sample.TypesOf(name)];
            PortableKind kind = Common([.. types.Select(BsonNames.Read)]);
            columns.Add(new(name, new(kind))
            {
                NativeType = $"{(types.Length == 0 ? "null" : string.Join('|', types))} (in a sample)",
                IsGuess = true,
                Nullable = name != CollectionSchema.Id,
                HasDefault = name == CollectionSchema.Id,
                Limits = FieldLimits.Of(kind),
            });
        }

        return new(columns) { Key = schema.Key, TakesOthers = !schema.IsView, RowEstimate = schema.IsView ? null : await EstimateAsync(scope, table, cancel).ConfigureAwait(false) };
    }

    private static PortableKind Common(PortableKind[] kinds) => kinds.Distinct().ToArray() switch
    {
        [var only] => only,
        { Length: > 1 } several when several.All(k => k is PortableKind.Int32 or PortableKind.Int64) => PortableKind.Int64,
        _ => PortableKind.Object,
    };

    /// <summary>About how many documents a collection has.</summary>
    public static async Task<long?> EstimateAsync(MongoScope scope, TableName table, CancellationToken cancel)
    {
        // from the catalogue, which is no part of a transaction
        BsonDocument answer = await new MongoScope(scope.Adapter, null).RunAsync(table.Schema, new("count", table.Name), cancel).ConfigureAwait(false);
        return answer["n"].ToInt64();
    }
}
