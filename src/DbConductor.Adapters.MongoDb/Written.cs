using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>What writes have come to.</summary>
/// <param name="Added">Documents that were added.</param>
/// <param name="Matched">Documents that were found, and changed or left.</param>
/// <param name="Removed">Documents that were removed.</param>
internal readonly record struct Written(long Added, long Matched, long Removed)
{
    public Written(BulkWriteResult done)
        : this(done.InsertedCount + done.Upserts.Count, done.MatchedCount, done.DeletedCount)
    {
    }

    /// <summary>The number of rows that landed.</summary>
    public long Landed(SaveMode mode) => mode == SaveMode.SkipExisting ? Added : Added + Matched;

    public static Written operator +(Written one, Written two) => new(one.Added + two.Added, one.Matched + two.Matched, one.Removed + two.Removed);
}
