using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Benchmarks;

/// <summary>What a careful programmer writes by hand over MongoDB.Driver: documents, by thousands, unordered.</summary>
public static class RawMongoDb
{
    /// <summary>How many documents go in one call; the driver cuts a call by what the server takes in one message.</summary>
    public const int Batch = 10_000;

    private static readonly InsertManyOptions Unordered = new() { IsOrdered = false };

    /// <summary>A server's connection string with the benchmark's database.</summary>
    public static string In(string server)
    {
        MongoUrlBuilder url = new(server);
        url.AuthenticationSource ??= url.DatabaseName ?? (url.Username is null ? null : "admin");
        url.DatabaseName = "dbconductor_bench";
        return url.ToString();
    }

    public static void Reset(string connectionString)
    {
        IMongoCollection<BsonDocument> bench = Open(connectionString);
        bench.Database.DropCollection("bench");
        bench.Database.CreateCollection("bench");
    }

    /// <summary>The benchmark's collection.</summary>
    public static IMongoCollection<BsonDocument> Open(string connectionString) =>
        new MongoClient(connectionString).GetDatabase(MongoUrl.Create(connectionString).DatabaseName).GetCollection<BsonDocument>("bench");

    /// <summary>Sends a batch and empties it.</summary>
    public static void Insert(IMongoCollection<BsonDocument> bench, List<BsonDocument> batch)
    {
        if (batch.Count > 0)
        {
            bench.InsertMany(batch, Unordered);
            batch.Clear();
        }
    }

    public static long Load(string connectionString, RowReader rows)
    {
        IMongoCollection<BsonDocument> bench = Open(connectionString);
        List<BsonDocument> batch = new(Batch);
        long count = 0;
        while (rows.Read())
        {
            batch.Add(new()
            {
                { "id", rows.GetInt64(0) },
                { "quantity", rows.GetInt32(1) },
                { "price", new BsonDecimal128(rows.GetDecimal(2)) },
                { "weight", rows.GetDouble(3) },
                { "city", rows.GetString(4) },
                { "comment", rows.IsDBNull(5) ? BsonNull.Value : rows.GetString(5) },
                { "created", DateTime.SpecifyKind(rows.GetDateTime(6), DateTimeKind.Utc) },
                { "due", rows.GetFieldValue<DateOnly>(7).ToDateTime(default, DateTimeKind.Utc) },
                { "paid", rows.GetBoolean(8) },
                { "status", rows.GetString(9) },
            });
            count++;
            if (batch.Count == Batch)
            {
                Insert(bench, batch);
            }
        }

        Insert(bench, batch);
        return count;
    }

    public static long Read(string connectionString)
    {
        using IAsyncCursor<BsonDocument> cursor = Open(connectionString).FindSync(FilterDefinition<BsonDocument>.Empty);
        long rows = 0;
        while (cursor.MoveNext())
        {
            foreach (BsonDocument document in cursor.Current)
            {
                _ = document["id"].AsInt64;
                _ = document["quantity"].AsInt32;
                _ = document["price"].AsDecimal;
                _ = document["weight"].AsDouble;
                _ = document["city"].AsString;
                _ = document["comment"].IsBsonNull ? null : document["comment"].AsString;
                _ = document["created"].ToUniversalTime();
                _ = document["due"].ToUniversalTime();
                _ = document["paid"].AsBoolean;
                _ = document["status"].AsString;
                rows++;
            }
        }

        return rows;
    }
}
