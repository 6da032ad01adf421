using DbConductor.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbConductor.Tests.Contract;

// MongoDB ends a transaction at the first row that it refuses
public abstract partial class MongoDbContract
{
    [SkippableFact]
    public async Task Rows_that_repeat_earlier_ones_cost_a_batch_each_at_most_and_not_all_rows_each()
    {
        CollectingLogger log = new();
        using LoggerFactory logging = new([new Provider(log)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        await using IDbAdapter db = Factory.Create(Profile, new AdapterServices { Logging = logging });
        await db.ConnectAsync(default);
        TableName table = await CreateAsync(Pair, ["id"], [4000, "old"]);
        CollectingSink sink = new();

        // every 60th repeats a row of long before
        SaveResult result = await db.SaveAsync(table, Spec.Stream(Pair, 6000, i => [i % 60 == 0 ? (i / 2) - 1 : i, "x"]), Rejecting(sink), default);

        Assert.Equal((5899L, 101L), (result.Rows, result.Rejected));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => 60L * i).Append(4000L).Order(), sink.Taken.Select(r => r.Row));
        Assert.All(sink.Taken, r => Assert.Equal(DbErrorKind.DuplicateKey, r.Kind));
        int sent = log.Entries.Count(e => e.Text.StartsWith("bulkWrite", StringComparison.Ordinal));
        Assert.InRange(sent, 3, 130);
        Assert.Equal(5900, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_document_that_is_too_large_is_rejected()
    {
        TableName table = await CreateAsync(Pair, "id");
        CollectingSink sink = new();

        SaveResult result = await SaveAsync(table, Rejecting(sink), Pair, [1, "a"], [2, new string('x', 17 << 20)], [3, "c"]);

        Assert.Equal((2L, 1L), (result.Rows, result.Rejected));
        Assert.Equal((2L, DbErrorKind.InvalidData), (sink.Taken[0].Row, sink.Taken[0].Kind));
    }

    [SkippableFact]
    public async Task Rejects_among_more_than_a_transaction_holds_are_found_and_all_is_removed_where_there_are_too_many()
    {
        TableName table = await CreateAsync(Pair, ["id"], [300, "old"]);
        TableName rejects = NewName("rejects");
        CollectingSink sink = new();
        string pad = new('x', 100_000);
        RowReader Rows() => Spec.Stream(Pair, 200, i => [i == 70 ? 69 : i == 150 ? 300 : i, pad]);

        await Fails(DbErrorKind.TooManyRejects, () => Db.SaveAsync(table, Rows(), Rejecting(sink, rejects, maximum: 1), default));
        Assert.Equal((1L, 0L, 0), (await Db.CountAsync(table, null, default), await Db.CountAsync(rejects, null, default), sink.Taken.Count));
        SaveResult result = await Db.SaveAsync(table, Rows(), Rejecting(sink, rejects), default);

        Assert.Equal((198L, 2L), (result.Rows, result.Rejected));
        Assert.Contains("removed again", result.Path, StringComparison.Ordinal);
        Assert.Equal([70L, 150L], (await RejectsOf(rejects)).Select(r => r.Row).Order());
        Assert.Equal(199, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Rejecting_is_refused_inside_a_transaction_before_anything_is_sent()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();

        DbConductorException error = await Fails(DbErrorKind.NotSupported, () => transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"]), Rejecting(new()), default));

        Assert.Contains("-RejectInto", error.Message, StringComparison.Ordinal);
        Assert.Null(transaction.DoomedBy);
    }
}
