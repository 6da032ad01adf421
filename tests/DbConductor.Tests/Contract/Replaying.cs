using System.Data;
using Xunit;

namespace DbConductor.Tests.Contract;

// a batch with an id lands once, however often it is sent
public abstract partial class ContractTests
{
    private static readonly object?[][] ThreeRows = [[1, "a"], [2, null], [3, "c"]];

    private static SaveOptions Batch(string id, SaveMode mode = SaveMode.Insert) => new() { BatchId = id, Mode = mode };

    /// <summary>Modes that a batch of new rows can be written with.</summary>
    public static TheoryData<SaveMode> BatchModes => [.. Enum.GetValues<SaveMode>()];

    [SkippableTheory]
    [MemberData(nameof(BatchModes))]
    public async Task A_batch_that_is_sent_twice_lands_once_and_the_second_call_says_so(SaveMode mode)
    {
        TableName table = await CreateAsync(Pair, "id");

        SaveResult first = await SaveAsync(table, Batch("one", mode), Pair, ThreeRows);
        SaveResult second = await SaveAsync(table, Batch("one", mode), Pair, ThreeRows);

        Assert.Equal((SaveStatus.Saved, 3L, 0L), (first.Status, first.Rows, first.Replayed));
        Assert.Equal((SaveStatus.Replayed, 0L, 3L), (second.Status, second.Rows, second.Replayed));
        Assert.Equal(ThreeRows, await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_replay_writes_nothing_though_the_rows_have_changed_since()
    {
        TableName table = await CreateAsync(Pair, "id");
        await SaveAsync(table, Batch("one"), Pair, ThreeRows);
        await Db.UpdateAsync(table, Filter.Equal("id", 1), new Dictionary<string, object?> { ["v"] = "changed" }, default);
        await Db.DeleteAsync(table, Filter.Equal("id", 2), default);

        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("one"), Pair, ThreeRows)).Status);

        Assert.Equal([[1, "changed"], [3, "c"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task The_same_rows_in_another_order_and_columns_in_another_order_are_the_same_batch()
    {
        TableName table = await CreateAsync(Pair, "id");
        await SaveAsync(table, Batch("one"), Pair, ThreeRows);

        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("one"), Pair, [3, "c"], [1, "a"], [2, null])).Status);
        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("one"), ["v string", "id int"], ["a", 1], [null, 2], ["c", 3])).Status);

        Assert.Equal(3, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Values_that_the_table_takes_for_the_same_are_the_same_batch()
    {
        SkipUnless(FixedTypes, "what a value is, is not decided by the table");
        TableName table = await CreateAsync(["id int!", "d decimal(10,2)", "t datetime"], "id");
        await SaveAsync(table, Batch("one"), ["id int", "d decimal", "t datetime"], [1, 1.5m, new DateTime(2024, 1, 2, 3, 4, 5)]);

        SaveResult again = await SaveAsync(table, Batch("one"), ["id string", "d string", "t string"], ["1", "1.50", "2024-01-02T03:04:05"]);

        Assert.Equal(SaveStatus.Replayed, again.Status);
    }

    [SkippableTheory]
    [InlineData(1, "b")]
    [InlineData(4, "a")]
    public async Task The_same_id_with_other_content_is_refused_and_nothing_is_written(int id, string value)
    {
        TableName table = await CreateAsync(Pair, "id");
        await SaveAsync(table, Batch("one"), Pair, [1, "a"]);

        DbConductorException error = await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one"), Pair, [id, value]));
        Assert.Contains("another -BatchId", error.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one"), Pair, [1, "a"], [1, "a"]));
        await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one"), Pair));

        Assert.Equal([[1, "a"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Rows_that_cancel_each_other_out_or_come_twice_are_other_content()
    {
        TableName table = await CreateAsync(["n int"], []);
        await SaveAsync(table, Batch("one"), ["n int"], [1], [1], [2]);

        await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one"), ["n int"], [2], [2], [2]));
        await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one"), ["n int"], [2]));
    }

    [SkippableFact]
    public async Task The_same_id_with_another_mode_is_refused()
    {
        TableName table = await CreateAsync(Pair, "id");
        await SaveAsync(table, Batch("one"), Pair, [1, "a"]);

        DbConductorException error = await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("one", SaveMode.Upsert), Pair, [1, "a"]));

        Assert.Contains("Insert", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_id_belongs_to_one_table_and_ids_that_differ_in_case_are_two()
    {
        TableName table = await CreateAsync(Pair, "id");
        TableName other = await CreateAsync(Pair, "id");
        await SaveAsync(table, Batch("one"), Pair, [1, "a"]);

        Assert.Equal(SaveStatus.Saved, (await SaveAsync(other, Batch("one"), Pair, [2, "b"])).Status);
        Assert.Equal(SaveStatus.Saved, (await SaveAsync(table, Batch("ONE"), Pair, [3, "c"])).Status);

        Assert.Equal([[1, "a"], [3, "c"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_batch_that_failed_can_be_sent_again_also_with_other_content()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "there"]);
        await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, Batch("one"), Pair, [2, "b"], [1, "a"]));

        Assert.Equal(SaveStatus.Saved, (await SaveAsync(table, Batch("one"), Pair, [2, "b"], [3, "c"])).Status);

        Assert.Equal([[1, "there"], [2, "b"], [3, "c"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task An_empty_batch_is_one_too()
    {
        TableName table = await CreateAsync(Pair, "id");

        Assert.Equal(SaveStatus.Saved, (await SaveAsync(table, Batch("none"), Pair)).Status);
        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("none"), Pair)).Status);
        await Fails(DbErrorKind.BatchMismatch, () => SaveAsync(table, Batch("none"), Pair, [1, "a"]));
    }

    [SkippableFact]
    public async Task A_batch_creates_its_table_once()
    {
        TableName table = NewName();
        SaveOptions options = Batch("one") with { CreateTable = true };

        Assert.True((await SaveAsync(table, options, Pair, ThreeRows)).Created);
        SaveResult again = await SaveAsync(table, options, Pair, ThreeRows);

        Assert.Equal((SaveStatus.Replayed, false), (again.Status, again.Created));
    }

    [SkippableFact]
    public async Task Many_rows_by_the_bulk_path_land_once()
    {
        TableName table = await CreateAsync(Pair, "id");
        RowReader Rows(bool backwards) => Spec.Stream(Pair, 20_000, i => [backwards ? 20_001 - i : i, "x"]);
        await Db.SaveAsync(table, Rows(false), Batch("many"), default);

        SaveResult again = await Db.SaveAsync(table, Rows(true), Batch("many"), default);

        Assert.Equal((SaveStatus.Replayed, 20_000L), (again.Status, again.Replayed));
        Assert.Equal(20_000, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Senders_of_one_batch_at_the_same_time_land_it_once()
    {
        TableName table = await CreateAsync(Pair, "id");
        IDbAdapter[] sessions = [await ConnectAsync(), await ConnectAsync(), await ConnectAsync()];
        try
        {
            SaveResult[] results = await Task.WhenAll(sessions.Select(s => Task.Run(
                () => s.SaveAsync(table, Spec.Stream(Pair, 5000, i => [i, "x"]), Batch("one"), default))));

            Assert.Equal(1, results.Count(r => r.Status == SaveStatus.Saved));
            Assert.Equal(2, results.Count(r => r.Status == SaveStatus.Replayed));
            Assert.Equal(5000, await Db.CountAsync(table, null, default));
        }
        finally
        {
            foreach (IDbAdapter session in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task Inside_a_transaction_a_batch_is_part_of_it()
    {
        SkipUnless(Db.Info.Transactions, "the server has no transactions");
        TableName table = await CreateAsync(Pair, "id");
        await using (IDbTransaction transaction = await BeginAsync())
        {
            Assert.Equal(SaveStatus.Saved, (await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"]), Batch("one"), default)).Status);
            await transaction.RollbackAsync(default);
        }

        await using (IDbTransaction transaction = await BeginAsync())
        {
            Assert.Equal(SaveStatus.Saved, (await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "b"]), Batch("one"), default)).Status);
            Assert.Equal(SaveStatus.Replayed, (await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "b"]), Batch("one"), default)).Status);
            await transaction.CommitAsync(default);
        }

        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("one"), Pair, [1, "b"])).Status);
        Assert.Equal([[1, "b"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task The_first_batch_of_a_database_may_be_inside_a_transaction()
    {
        SkipUnless(Db.Info.Transactions, "the server has no transactions");
        TableName table = await CreateAsync(Pair, "id");
        await Db.DropAsync(table with { Name = LedgerEntry.Table }, default);
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(table, Spec.Rows(Pair, ThreeRows), Batch("one"), default);
            await transaction.CommitAsync(default);
        }

        Assert.Equal(SaveStatus.Replayed, (await SaveAsync(table, Batch("one"), Pair, ThreeRows)).Status);
    }

    [SkippableFact]
    public async Task A_batch_in_a_savepoint_that_is_undone_can_be_sent_again()
    {
        SkipUnless(Db.Info.Savepoints, "the database has no savepoints");
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();
        await transaction.SaveAsync("inner", default);
        await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"]), Batch("one"), default);
        await transaction.RollbackToAsync("inner", default);

        Assert.Equal(SaveStatus.Saved, (await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "b"]), Batch("one"), default)).Status);
        await transaction.CommitAsync(default);

        Assert.Equal([[1, "b"]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(10, 10)]
    [InlineData(10, 7)]
    [InlineData(25, 5)]
    [InlineData(25, 100)]
    public async Task A_batch_that_broke_off_between_its_commits_goes_on_where_it_was(int rows, int every)
    {
        TableName table = await CreateAsync(Pair, "id");
        SaveOptions options = Batch("one") with { CommitEvery = every };
        int breaks = Math.Max(1, rows - 3);
        int there = OneConnection ? 0 : (breaks - 1) / every * every;
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(table, Breaking(rows, breaks), options, default));
        Assert.Equal(there, await Db.CountAsync(table, null, default));

        SaveResult rest = await Db.SaveAsync(table, Spec.Stream(Pair, rows, i => [i, "x"]), options, default);
        SaveResult again = await Db.SaveAsync(table, Spec.Stream(Pair, rows, i => [i, "x"]), options, default);

        Assert.Equal((SaveStatus.Saved, rows - there, there), (rest.Status, (int)rest.Rows, (int)rest.Replayed));
        Assert.Equal((SaveStatus.Replayed, 0, rows), (again.Status, (int)again.Rows, (int)again.Replayed));
        Assert.Equal(rows, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task What_goes_on_after_a_break_may_commit_in_other_steps_but_must_begin_with_the_same_rows()
    {
        SkipUnless(!OneConnection, "the input is read to its end before the first row is written");
        TableName table = await CreateAsync(Pair, "id");
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(table, Breaking(100, 55), Batch("one") with { CommitEvery = 10 }, default));

        await Fails(DbErrorKind.BatchMismatch, () => Db.SaveAsync(table, Spec.Stream(Pair, 100, i => [101 - i, "x"]), Batch("one") with { CommitEvery = 10 }, default));
        await Fails(DbErrorKind.BatchMismatch, () => Db.SaveAsync(table, Spec.Stream(Pair, 20, i => [i, "x"]), Batch("one"), default));
        Assert.Equal(50, await Db.CountAsync(table, null, default));
        SaveResult rest = await Db.SaveAsync(table, Spec.Stream(Pair, 100, i => [i, "x"]), Batch("one"), default);

        Assert.Equal((50L, 50L), (rest.Rows, rest.Replayed));
        Assert.Equal(100, await Db.CountAsync(table, null, default));
        Assert.Equal(SaveStatus.Replayed, (await Db.SaveAsync(table, Spec.Stream(Pair, 100, i => [101 - i, "x"]), Batch("one"), default)).Status);
    }

    [SkippableFact]
    public async Task Rows_commit_every_so_many_also_without_an_id()
    {
        TableName table = await CreateAsync(Pair, "id");

        SaveResult all = await Db.SaveAsync(table, Spec.Stream(Pair, 25, i => [i, "x"]), new SaveOptions { CommitEvery = 10 }, default);
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(
            table, Spec.Stream(Pair, 100, i => i == 37 ? throw new InvalidOperationException("broken") : [100 + i, "x"]), new SaveOptions { CommitEvery = 10 }, default));

        Assert.Equal(3, all.Commits);
        Assert.Equal(25 + (OneConnection ? 0 : 30), await Db.CountAsync(table, null, default));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public async Task An_id_that_is_none_is_refused(string id)
    {
        TableName table = await CreateAsync(Pair, "id");

        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, Batch(id), Pair, [1, "a"]));
        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, Batch(new string('x', LedgerEntry.LongestId + 1)), Pair, [1, "a"]));
    }

    [SkippableFact]
    public async Task The_ledger_says_what_landed()
    {
        TableName table = await CreateAsync(Pair, "id");
        string id = "Ünïcode 'batch' " + table.Name;
        await SaveAsync(table, Batch(id, SaveMode.Upsert), Pair, ThreeRows);

        await using RowReader ledger = await Db.GetAsync(
            new BatchQuery(new TableName(null, LedgerEntry.Table)) { Where = Filter.Equal("batch_id", id), Columns = [.. LedgerEntry.Schema.Columns.Select(c => new ColumnPick(c.Name, c.Name))] }, default);
        Assert.True(await ledger.ReadAsync());
        LedgerEntry entry = LedgerEntry.Read(ledger);
        Assert.False(await ledger.ReadAsync());

        Assert.Equal((table.Name, id, 1, SaveMode.Upsert, 3L, 0L, 3L, true), (entry.Target, entry.BatchId, entry.Chunk, entry.Mode, entry.Rows, entry.Rejected, entry.InputRows, entry.IsComplete));
        Assert.InRange(entry.Time, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(10));
    }

    private protected static RowReader Breaking(int rows, int at) => Spec.Stream(Pair, rows, i => i == at ? throw new InvalidOperationException("broken") : [i, "x"]);
}
