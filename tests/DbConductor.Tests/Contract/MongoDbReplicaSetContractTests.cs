using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>MongoDB as a replica set, which has transactions.</summary>
public sealed class MongoDbReplicaSetContractTests(MongoDbReplicaSet database) : MongoDbContract(database), IClassFixture<MongoDbReplicaSet>
{
    /// <summary>A change stream gives nothing until something changes.</summary>
    protected override string EndlessQuery(string mark) => $$$"""{"aggregate": 1, "pipeline": [{"$changeStream": {}}, {"$match": {"{{{mark}}}": 1}}], "cursor": {}}""";

    [SkippableFact]
    public async Task What_is_too_much_for_a_transaction_goes_without_one_however_small_its_rows_are()
    {
        const int Rows = 60_000;
        TableName table = await CreateAsync(["id int"]);

        SaveResult many = await Db.SaveAsync(table, Spec.Rows(["id int"], [.. Enumerable.Range(0, Rows).Select(i => new object?[] { i })]), new(), default);
        SaveResult few = await Db.SaveAsync(table, Spec.Rows(["id int"], [1], [2]), new() { Mode = SaveMode.Overwrite }, default);
        SaveResult next = await Db.SaveAsync(table, Spec.Rows(["id int"], [3]), new() { Mode = SaveMode.Overwrite }, default);

        Assert.Equal((Rows, 2L, 1L), (many.Rows, few.Rows, next.Rows));
        Assert.Contains("removed again", many.Path, StringComparison.Ordinal);
        Assert.Contains("second collection", few.Path, StringComparison.Ordinal);
        Assert.Contains("in one transaction", next.Path, StringComparison.Ordinal);
        Assert.Equal(1, await Db.CountAsync(table, null, default));
    }
}
