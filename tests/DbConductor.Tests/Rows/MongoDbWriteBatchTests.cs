using DbConductor.Adapters.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace DbConductor.Tests.Rows;

/// <summary>A server's counts are held against what it was sent.</summary>
public sealed class MongoDbWriteBatchTests
{
    private static readonly TableName Table = new(null, "flights");

    [Theory]
    [InlineData(3, 0, 0, 0)]
    [InlineData(1, 2, 0, 0)]
    [InlineData(1, 0, 1, 1)]
    public void What_adds_up_is_good(int added, int found, int refused, int untried) => Inserts().RequireAll(Answer(added, found, refused, untried));

    [Theory]
    [InlineData(2, 0, 0, 0)]
    [InlineData(0, 2, 0, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(4, 0, 0, 0)]
    public void A_row_of_which_nothing_is_said_is_an_error(int added, int found, int refused, int untried)
    {
        DbConductorException error = Assert.Throws<DbConductorException>(() => Inserts().RequireAll(Answer(added, found, refused, untried)));

        Assert.Equal(DbErrorKind.Server, error.Kind);
        Assert.StartsWith($"3 rows were on their way into 'flights', but the server counts {added + found + refused + untried} (rows 5-7).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_of_many_may_find_any_number()
    {
        WriteBatch batch = new(Table, Table);
        batch.Add(new UpdateManyModel<RawDocument>(new BsonDocument(), new BsonDocument()), 1);

        batch.RequireAll(Answer(0, 0, 0, 0));
        batch.RequireAll(Answer(0, 12, 0, 0));
    }

    private static WriteBatch Inserts()
    {
        WriteBatch batch = new(Table, Table);
        for (int row = 5; row < 8; row++)
        {
            batch.Add(new InsertOneModel<RawDocument>(new(new BsonDocument("a", row).ToBson())), row);
        }

        return batch;
    }

    private static WriteOutcome Answer(int added, int found, int refused, int untried) => new(
        new BulkWriteResult<RawDocument>.Acknowledged(3, found, 0, added, 0, [], []),
        [.. Enumerable.Range(0, refused).Select(i => (i, new DbConductorException(DbErrorKind.DuplicateKey, "there")))],
        [.. Enumerable.Range(refused, untried)]);
}
