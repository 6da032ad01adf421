using DbConductor.Tests.Servers;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace DbConductor.Tests.Contract;

// batches with an id on a server without transactions
public sealed partial class MongoDbStandaloneContractTests
{
    private IMongoCollection<BsonDocument> Ledger => Database.Open().GetCollection<BsonDocument>(LedgerEntry.Table);

    [SkippableFact]
    public async Task What_a_sender_that_died_has_left_is_removed_before_its_batch_is_written_anew()
    {
        TableName table = await CreateAsync(Pair, []);
        SaveOptions options = new() { BatchId = "one" };
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(table, Breaking(6000, 5000), options, default));
        FilterDefinition<BsonDocument> entry = new BsonDocument("id", LedgerEntry.IdOf(table.Name, "one"));

        // as if it had been killed: its lease has run out, some of its rows are there
        await Ledger.UpdateOneAsync(entry, new BsonDocument("$set", new BsonDocument { { "lease_owner", "dead" }, { "lease_until", DateTime.UtcNow.AddMinutes(-1) } }));
        byte[] prefix = MadeIdOf(table, 7);
        await Database.Open().GetCollection<BsonDocument>(table.Name).InsertOneAsync(new() { { "_id", new BsonBinaryData(prefix) }, { "id", 7 }, { "v", "left" } });

        SaveResult result = await Db.SaveAsync(table, Spec.Stream(Pair, 10, i => [i, "x"]), options, default);
        SaveResult again = await Db.SaveAsync(table, Spec.Stream(Pair, 10, i => [i, "x"]), options, default);

        Assert.Equal((10L, SaveStatus.Replayed), (result.Rows, again.Status));
        Assert.Equal(Enumerable.Range(1, 10), (await RowsOf(table)).Select(r => (int)r[0]!));
        Assert.All(await RowsOf(table), r => Assert.Equal("x", r[1]));
    }

    [SkippableFact]
    public async Task A_batch_under_a_lease_makes_others_wait_and_is_theirs_when_it_runs_out()
    {
        TableName table = await CreateAsync(Pair, []);
        SaveOptions options = new() { BatchId = "one" };
        await Db.SaveAsync(table, Spec.Rows(Pair, [0, "other"]), options with { BatchId = "zero" }, default);
        DateTime until = DateTime.UtcNow.AddSeconds(3);
        await Ledger.InsertOneAsync(new()
        {
            { "id", LedgerEntry.IdOf(table.Name, "one") }, { "chunk", 1 }, { "target", table.Name }, { "batch_id", "one" }, { "mode", "Insert" }, { "saved_rows", 0L }, { "rejected_rows", 0L },
            { "input_rows", 0L }, { "content", "" }, { "is_complete", false }, { "saved_at", DateTime.UtcNow }, { "lease_owner", "somebody" }, { "lease_until", until }, { "lease_fence", 0 },
        });

        SaveResult result = await Db.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), options, default);

        Assert.Equal((1L, SaveStatus.Saved), (result.Rows, result.Status));
        Assert.InRange(DateTime.UtcNow, until.AddMilliseconds(-1), until.AddSeconds(30));
        Assert.Equal(2, await Db.CountAsync(table, null, default));
        Assert.Equal(0, await Ledger.CountDocumentsAsync(new BsonDocument { { "target", table.Name }, { "lease_owner", new BsonDocument("$ne", BsonNull.Value) } }));
    }

    [SkippableFact]
    public async Task A_lease_whose_taking_was_not_answered_keeps_nobody_of_its_process_waiting()
    {
        TableName table = await CreateAsync(Pair, []);
        SaveOptions options = new() { BatchId = "one" };
        await Db.SaveAsync(table, Spec.Rows(Pair, [0, "other"]), options with { BatchId = "zero" }, default);
        using CuttingProxy proxy = new(Profile.Port!.Value);
        await using IDbAdapter db = Factory.Create(Profile with { Port = proxy.Port }, new AdapterServices());
        await db.ConnectAsync(default);

        proxy.Arm("lease_until", delivered: true);
        await Fails(DbErrorKind.Connection, () => db.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), options, default));
        Assert.True(proxy.HasCut);
        BsonDocument left = await Ledger.Find(new BsonDocument("id", LedgerEntry.IdOf(table.Name, "one"))).SingleAsync();
        SaveResult result = await Db.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), options, default);

        Assert.True(DateTime.UtcNow < left["lease_until"].ToUniversalTime(), "the lease had to run out");
        Assert.Equal((1L, SaveStatus.Saved), (result.Rows, result.Status));
        Assert.Equal(2, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Two_senders_of_one_batch_land_it_once()
    {
        TableName table = await CreateAsync(Pair, []);
        await using IDbAdapter other = await ConnectAsync();
        SaveOptions options = new() { BatchId = "one" };
        RowReader Rows() => Spec.Stream(Pair, 5000, i => [i, "x"]);

        SaveResult[] results = await Task.WhenAll(Db.SaveAsync(table, Rows(), options, default), other.SaveAsync(table, Rows(), options, default));

        Assert.Equal([SaveStatus.Saved, SaveStatus.Replayed], results.Select(r => r.Status).Order());
        Assert.Equal(5000, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task What_cannot_be_taken_back_after_a_crash_is_no_batch()
    {
        TableName table = await CreateAsync(["_id int!", "v string"], "_id");
        TableName keyed = await CreateAsync(Pair, "id");
        IDbAdapter plain = new DbConductor.Adapters.MongoDb.MongoDbAdapterFactory().Create(Profile, new AdapterServices());
        await using IDbAdapter db = plain;
        await db.ConnectAsync(default);

        DbConductorException own = await Fails(DbErrorKind.NotSupported, () => db.SaveAsync(table, Spec.Rows(["_id int", "v string"], [1, "a"]), new() { BatchId = "one" }, default));
        DbConductorException upsert = await Fails(DbErrorKind.NotSupported, () => db.SaveAsync(keyed, Spec.Rows(Pair, [1, "a"]), new() { BatchId = "one", Mode = SaveMode.Upsert, CommitEvery = 5 }, default));

        Assert.Contains("_id", own.Message, StringComparison.Ordinal);
        Assert.Contains("-BatchId", upsert.Message, StringComparison.Ordinal);
        Assert.Equal(0, await db.CountAsync(table, null, default));
    }

    private static byte[] MadeIdOf(TableName table, long number) => DbConductor.Adapters.MongoDb.MadeIds.Of(LedgerEntry.IdOf(table.Name, "one"), 0).Make(number);
}
