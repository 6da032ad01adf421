using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private const int Many = 100_000;
    private const long MostGrowth = 40L << 20;

    private static readonly string[] Wide = ["id int!", "pad string", "amount decimal(18,4)"];

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task No_row_is_lost_whenever_it_arrives(SaveMode mode)
    {
        const int count = 30_000;
        TableName table = await CreateAsync(Item, "id");
        bool byKey = mode != SaveMode.Insert;
        using RowsAtAnyMoment rows = new(Spec.Stream(Item, count, i => [byKey ? i % 10 : i, "x", i]));

        SaveResult result = await Db.SaveAsync(table, rows, new() { Mode = mode, BatchId = "b" }, default);

        Assert.Equal(byKey ? 10 : count, result.Rows);
        Assert.Equal(count, result.Rows + result.Skipped);
        Assert.Equal(result.Rows, await Db.CountAsync(table, null, default));

        // the ledger has counted the same rows
        SaveResult again = await Db.SaveAsync(table, Spec.Stream(Item, count, i => [byKey ? i % 10 : i, "x", i]), new() { Mode = mode, BatchId = "b" }, default);
        Assert.Equal(SaveStatus.Replayed, again.Status);
    }

    [SkippableFact]
    public async Task Hundreds_of_thousands_of_rows_pass_in_constant_memory()
    {
        SkipUnless(!OneConnection, "the database itself is in memory");

        // 100 MB of text in memory, were it held
        string pad = new('x', 500);
        TableName table = await CreateAsync(Wide, "id");
        TableName copy = await CreateAsync(Wide, "id");
        MemoryGauge gauge = new();

        IEnumerable<object?[]> Rows()
        {
            for (int i = 1; i <= Many; i++)
            {
                gauge.Look(i);
                yield return [i, string.Concat(pad, i.ToString(System.Globalization.CultureInfo.InvariantCulture)), i / 100m];
            }
        }

        SaveResult saved = await Db.SaveAsync(table, Spec.Stream(Wide, Rows()), new(), default);
        Assert.Equal(Many, saved.Rows);
        Assert.True(gauge.Growth < MostGrowth, $"writing grew the heap by {gauge.Growth >> 20} MB");

        gauge = new();
        decimal sum = 0;
        int count = 0;
        await using (RowReader rows = await Db.GetAsync(new BatchQuery(table), default))
        {
            while (await rows.ReadAsync())
            {
                gauge.Look(++count);
                sum += rows.GetDecimal(2);
                Assert.Equal(pad.Length + rows.GetInt32(0).ToString(System.Globalization.CultureInfo.InvariantCulture).Length, rows.GetString(1).Length);
            }
        }

        Assert.Equal(Many, count);
        Assert.Equal((decimal)Many * (Many + 1) / 2 / 100, sum);
        Assert.True(gauge.Growth < MostGrowth, $"reading grew the heap by {gauge.Growth >> 20} MB");

        gauge = new();
        await using (RowReader rows = await Db.GetAsync(new BatchQuery(table), default))
        {
            SaveOptions options = new() { Mode = SaveMode.Upsert, CommitEvery = MostInTransaction, OnProgress = sent => gauge.Look(sent) };
            Assert.Equal(Many, (await Db.SaveAsync(copy, rows, options, default)).Rows);
        }

        Assert.True(gauge.Growth < MostGrowth, $"copying grew the heap by {gauge.Growth >> 20} MB");
        Assert.Equal(Many, await Db.CountAsync(copy, null, default));
    }

    /// <summary>How much the live heap has grown since it was made.</summary>
    private sealed class MemoryGauge
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private long _next = 20_000;

        public long Growth { get; private set; }

        /// <summary>Measures now and then; a full collection at every row would take hours.</summary>
        public void Look(long row)
        {
            if (row >= _next)
            {
                _next += 20_000;
                Growth = Math.Max(Growth, GC.GetTotalMemory(forceFullCollection: true) - _before);
            }
        }
    }
}
