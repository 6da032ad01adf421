using System.Diagnostics;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public async Task A_cancelled_query_ends_at_once_on_the_server_too()
    {
        string mark = "mark" + Guid.NewGuid().ToString("N");
        using CancellationTokenSource cancel = new();
        Task query = Task.Run(async () =>
        {
            await using IQueryResults results = await Db.QueryAsync(new NativeQuery(EndlessQuery(mark)), cancel.Token);
            await (await results.NextAsync(cancel.Token))!.ReadAsync(cancel.Token);
        });
        bool observed = await WaitUntilAsync(() => IsRunningAsync(mark), running => running != false) is not null;

        Stopwatch watch = Stopwatch.StartNew();
        await Task.Delay(observed ? 0 : 300);
        Assert.False(query.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
        if (observed)
        {
            Assert.False(await WaitUntilAsync(() => IsRunningAsync(mark), running => running == false));
        }

        await Db.PingAsync(default);
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.Overwrite)]
    public async Task A_cancelled_write_leaves_nothing(SaveMode mode)
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "old"]);
        using CancellationTokenSource cancel = new();

        // the rows would never end
        IEnumerable<object?[]> rows = Enumerable.Range(2, int.MaxValue - 2).Select(i =>
        {
            if (i == 20_000)
            {
                cancel.Cancel();
            }

            return new object?[] { i, "new" };
        });
        Exception? error = await Record.ExceptionAsync(() => Db.SaveAsync(table, Spec.Stream(Pair, rows), Mode(mode), cancel.Token));
        Skip.If(error is SkipException, error?.Message);
        Assert.IsAssignableFrom<OperationCanceledException>(error);

        Assert.Equal([[1, "old"]], await RowsOf(table));
        await SaveAsync(Db, table, [2, "after"]);
    }

    [SkippableFact]
    public async Task A_cancelled_read_stops()
    {
        TableName table = await CreateAsync(Pair, "id");
        await Db.SaveAsync(table, Spec.Stream(Pair, 50_000, i => [i, "v"]), new(), default);
        using CancellationTokenSource cancel = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await using RowReader rows = await Db.GetAsync(new BatchQuery(table), cancel.Token);
            for (int i = 0; await rows.ReadAsync(cancel.Token); i++)
            {
                if (i == 100)
                {
                    cancel.Cancel();
                }
            }
        });

        Assert.Equal(50_000, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_cancelled_write_dooms_its_transaction_and_a_savepoint_or_rollback_goes_on()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();
        await SaveAsync(transaction, table, [1, "a"]);
        using CancellationTokenSource cancel = new();
        IEnumerable<object?[]> rows = Enumerable.Range(2, int.MaxValue - 2).Select(i =>
        {
            if (i == 5000)
            {
                cancel.Cancel();
            }

            return new object?[] { i, "new" };
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transaction.SaveAsync(table, Spec.Stream(Pair, rows), new(), cancel.Token));

        Assert.Equal(DbErrorKind.Cancelled, transaction.DoomedBy?.Kind);
        await Fails(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
        await transaction.RollbackAsync(default);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_token_that_is_cancelled_already_does_nothing()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"]);
        CancellationToken cancelled = new(canceled: true);
        Func<Task>[] calls =
        [
            () => Db.SaveAsync(table, Spec.Rows(Pair, [2, "b"]), new(), cancelled),
            () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = "x" }, cancelled),
            () => Db.DeleteAsync(table, (Filter?)null, cancelled),
            () => Db.CountAsync(table, null, cancelled),
            () => Db.GetAsync(new BatchQuery(table), cancelled),
            () => Db.BeginAsync(System.Data.IsolationLevel.Unspecified, cancelled),
            () => Db.DescribeAsync(table, cancelled),
        ];
        foreach (Func<Task> call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        }

        Assert.Equal([[1, "a"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_write_that_waits_for_another_can_be_cancelled()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"]);
        await using IDbTransaction holder = await BeginAsync();
        await holder.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = "held" }, default);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(300));
        Stopwatch watch = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = "other" }, cancel.Token));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        await holder.CommitAsync(default);
        Assert.Equal([[1, "held"]], await RowsOf(table));
    }

    /// <summary>Asks until the answer is right or seconds have passed; gives the last answer.</summary>
    private static async Task<bool?> WaitUntilAsync(Func<Task<bool?>> ask, Func<bool?, bool> isRight)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool? answer = await ask();
        while (!isRight(answer) && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(20);
            answer = await ask();
        }

        return answer;
    }
}
