using System.Globalization;
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

    // in a process that does nothing else: a heap tells nothing of one test while others fill it
    [SkippableFact]
    public async Task Hundreds_of_thousands_of_rows_pass_in_constant_memory()
    {
        SkipUnless(!OneConnection, "the database itself is in memory");
        TableName table = await CreateAsync(Wide, "id");
        TableName copy = await CreateAsync(Wide, "id");

        using ChildProcess child = await ChildProcess.StartAsync(Profile, "stream-rows", table.Name, copy.Name, MostInTransaction?.ToString(CultureInfo.InvariantCulture) ?? "");
        foreach (string what in new[] { "write", "read", "copy" })
        {
            string[] words = (await child.NextAsync()).Split(' ');
            Assert.Equal(what, words[0]);
            Assert.True(long.Parse(words[1], CultureInfo.InvariantCulture) < MostGrowth, $"to {what} {Many} rows grew the heap by {words[1]} bytes");
        }

        Assert.Equal(Many, await Db.CountAsync(copy, null, default));
    }

    /// <summary>The process that streams rows through a database: says what it does, and by how many bytes its heap has grown.</summary>
    internal static async Task StreamAsync(TableName table, TableName copy, int? commitEvery)
    {
        await using IDbAdapter db = await ChildProcess.ConnectAsync();

        // 50 MB of text, 100 in memory, were it held
        string pad = new('x', 500);
        MemoryGauge gauge = new();

        IEnumerable<object?[]> Rows()
        {
            for (int i = 1; i <= Many; i++)
            {
                gauge.Look(i);
                yield return [i, string.Concat(pad, i.ToString(CultureInfo.InvariantCulture)), i / 100m];
            }
        }

        Assert.Equal(Many, (await db.SaveAsync(table, Spec.Stream(Wide, Rows()), new(), default)).Rows);
        gauge.Tell("write");

        gauge = new();
        decimal sum = 0;
        int count = 0;
        await using (RowReader rows = await db.GetAsync(new BatchQuery(table), default))
        {
            while (await rows.ReadAsync())
            {
                gauge.Look(++count);
                sum += rows.GetDecimal(2);
                Assert.Equal(pad.Length + rows.GetInt32(0).ToString(CultureInfo.InvariantCulture).Length, rows.GetString(1).Length);
            }
        }

        Assert.Equal(Many, count);
        Assert.Equal((decimal)Many * (Many + 1) / 2 / 100, sum);
        gauge.Tell("read");

        gauge = new();
        await using (RowReader rows = await db.GetAsync(new BatchQuery(table), default))
        {
            SaveOptions options = new() { Mode = SaveMode.Upsert, CommitEvery = commitEvery, OnProgress = sent => gauge.Look(sent) };
            Assert.Equal(Many, (await db.SaveAsync(copy, rows, options, default)).Rows);
        }

        gauge.Tell("copy");
    }

    /// <summary>How much the live heap has grown since it was made.</summary>
    private sealed class MemoryGauge
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private long _next = 20_000;
        private long _growth;

        /// <summary>Measures now and then; a full collection at every row would take hours.</summary>
        public void Look(long row)
        {
            if (row >= _next)
            {
                _next += 20_000;
                _growth = Math.Max(_growth, GC.GetTotalMemory(forceFullCollection: true) - _before);
            }
        }

        public void Tell(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {_growth}"));
    }
}
