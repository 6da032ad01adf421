using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Upsert and SkipExisting of rows that are put aside first: each becomes an <c>updateOne</c> by its key, of rows with the same key the last. Not <c>insertMany</c> with
/// its duplicates passed over: inside a transaction the first one ends it, and a duplicate of another unique field would be hidden.
/// </summary>
internal static class DocumentMerge
{
    /// <summary>Puts the next commit's rows aside, and says what they become.</summary>
    public static async Task<AsideWrites> PrepareAsync(
        CollectionSchema collection, RowChunks chunks, DocumentInput input, SaveOptions options, MadeIds ids, CallRejects? rejects, CancellationToken cancel)
    {
        RowEncoder encoder = new(collection, [.. input.Mapping.Key.Select(c => c.Name)]);
        LastRows last = new();
        bool byId = input.Mapping.Key.Any(c => c.Name == CollectionSchema.Id);
        bool onlyNew = options.Mode == SaveMode.SkipExisting;
        RowsAside rows = await RowsAside.TakeAsync(chunks, input, rejects, Look, cancel).ConfigureAwait(false);
        return new(rows, collection.Table, collection.Table, Add, Math.Min(options.BatchSize ?? MongoSave.KeyedBatch, MongoSave.KeyedBatch), options.OnProgress);

        void Look(RowReader row, long number)
        {
            if (rejects is not null)
            {
                // whatever it cannot become is found out before it counts as the last one of its key
                Write(row, number);
            }

            last.Add(encoder.KeyOf(row, number), number);
        }

        void Add(WriteBatch batch, RowReader row, long number)
        {
            if (last.IsLast(encoder.KeyOf(row, number), number))
            {
                batch.Add(Write(row, number), number, ownId: byId);
            }
        }

        UpdateOneModel<RawDocument> Write(RowReader row, long number)
        {
            BsonDocument change = encoder.Change(row, number, ids.Make(number), onlyNew);
            return new(encoder.Condition(row, number), change) { IsUpsert = true };
        }
    }
}
