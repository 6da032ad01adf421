using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public async Task One_session_serves_many_threads()
    {
        TableName table = await CreateAsync(["id int!", "worker int"], "id");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                int from = (worker * 1000) + (i * 10);
                await Db.SaveAsync(table, Spec.Stream(["id int", "worker int"], 10, n => [from + n, worker]), new(), default);
                Assert.Equal(10, (await RowsOf(table, "id", new AndFilter([Filter.Equal("worker", worker), new CompareFilter("id", CompareOp.Greater, from)]))).Length);
                Assert.Equal(10, await Db.UpdateAsync(table, new CompareFilter("id", CompareOp.Less, -1), new Dictionary<string, object?> { ["worker"] = 0 }, default) + 10);
            }
        })));

        Assert.Equal(800, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Sessions_work_side_by_side_and_no_update_is_lost()
    {
        TableName table = await CreateAsync(["id int!", "n int"], ["id"], [1, 0]);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using IDbAdapter session = await ConnectAsync();
            for (int i = 0; i < 10; i++)
            {
                await SqlAsync(session, Words.Increment(table, "n"));
            }
        })));

        Assert.Equal([[1, 40]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    public async Task Upserts_of_the_same_new_keys_at_the_same_time_all_succeed(SaveMode mode)
    {
        TableName table = await CreateAsync(["k string", "v int"], KeysNeedNoIndex ? [] : ["k"]);

        // without a unique index a race would leave a key twice
        await Task.WhenAll(Enumerable.Range(1, 6).Select(writer => Task.Run(async () =>
        {
            await using IDbAdapter session = await ConnectAsync();
            for (int i = 0; i < 5; i++)
            {
                await session.SaveAsync(table, Spec.Stream(["k string", "v int"], 50, n => ["k" + n, writer]), Mode(mode, "k"), default);
            }
        })));

        Assert.Equal(50, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Inserts_of_the_same_key_at_the_same_time_land_once()
    {
        TableName table = await CreateAsync(Pair, "id");

        object?[] outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            try
            {
                await SaveAsync(Db, table, [1, "writer " + writer]);
                return (object?)null;
            }
            catch (DbConductorException e)
            {
                return e.Kind;
            }
        })));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(5, outcomes.Count(outcome => outcome is DbErrorKind.DuplicateKey));
        Assert.Single(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_transaction_is_used_from_several_threads_without_harm()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await SaveAsync(transaction, table, [(worker * 100) + i, "x"]);
                Assert.NotEmpty(await RowsOf(transaction, table));
            }
        })));

        await transaction.CommitAsync(default);
        Assert.Equal(80, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Transactions_that_wait_for_each_other_end_in_a_deadlock_that_may_be_tried_again()
    {
        SkipUnless(!Db.Info.SingleWriter, "the database has one writer at a time, so that none can wait for each other");
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"], [2, "b"]);
        using Barrier both = new(2);

        async Task<DbConductorException?> Work(int first, int second)
        {
            await using IDbTransaction transaction = await BeginAsync();
            try
            {
                await transaction.UpdateAsync(table, Filter.Equal("id", first), new Dictionary<string, object?> { ["v"] = "x" }, default);
                both.SignalAndWait(TimeSpan.FromSeconds(10));
                await transaction.UpdateAsync(table, Filter.Equal("id", second), new Dictionary<string, object?> { ["v"] = "x" }, default);
                await transaction.CommitAsync(default);
                return null;
            }
            catch (DbConductorException e)
            {
                return e;
            }
        }

        DbConductorException?[] errors = await Task.WhenAll(Task.Run(() => Work(1, 2)), Task.Run(() => Work(2, 1)));

        DbConductorException error = Assert.Single(errors, e => e is not null)!;
        Assert.Equal(DbErrorKind.Deadlock, error.Kind);
        Assert.True(error.IsTransient);
        Assert.All(await RowsOf(table), row => Assert.Equal("x", row[1]));
    }
}
