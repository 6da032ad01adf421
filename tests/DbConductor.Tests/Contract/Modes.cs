using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private static readonly string[] Item = ["id int!", "name string", "amount int"];

    private static SaveOptions Mode(SaveMode mode, params string[] key) => new() { Mode = mode, Key = key };

    [SkippableFact]
    public async Task Upsert_changes_what_is_there_and_adds_the_rest()
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5], [2, "b", 7]);

        SaveResult result = await SaveAsync(table, Mode(SaveMode.Upsert), Item, [2, "B", 8], [3, "C", null]);

        Assert.Equal(2, result.Rows);
        Assert.Equal(0, result.Skipped);
        Assert.Equal([[1, "a", 5], [2, "B", 8], [3, "C", null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Upsert_sets_the_given_columns_and_no_others()
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5]);

        await SaveAsync(table, Mode(SaveMode.Upsert), ["amount int", "id int"], [6, 1], [9, 2]);

        Assert.Equal([[1, "a", 6], [2, null, 9]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task The_last_of_the_rows_with_one_key_wins(SaveMode mode)
    {
        TableName table = await CreateAsync(Item, "id");

        SaveResult result = await SaveAsync(table, Mode(mode), Item, [1, "first", 1], [2, "x", 0], [1, "second", 2], [1, "last", null]);

        Assert.Equal(2, result.Rows);
        Assert.Equal(2, result.Skipped);
        Assert.Equal([[1, "last", null], [2, "x", 0]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task The_last_row_wins_among_thousands()
    {
        TableName table = await CreateAsync(Item, ["id"], [7, "old", 0]);

        SaveResult result = await Db.SaveAsync(
            table, Spec.Stream(Item, 10_000, i => [i % 1000, "x", i]), Mode(SaveMode.Upsert), default);

        Assert.Equal(1000, result.Rows);
        Assert.Equal(9000, result.Skipped);
        Assert.All(await RowsOf(table), row => Assert.Equal((int)row[0]! == 0 ? 10_000 : 9000 + (int)row[0]!, row[2]));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task Null_in_the_key_is_refused_by_row(SaveMode mode)
    {
        TableName table = await CreateAsync(["k string", "v int"], KeysNeedNoIndex ? [] : ["k"], ["old", 0]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => SaveAsync(table, Mode(mode, "k"), ["k string", "v int"], ["a", 1], [null, 2], ["c", 3]));

        Assert.Equal(2, error.Row);
        Assert.Equal("k", error.Column);
        Assert.Equal([["old", 0]], await RowsOf(table, "k"));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task A_key_needs_no_unique_index(SaveMode mode)
    {
        SkipUnless(KeysNeedNoIndex || mode == SaveMode.Overwrite, "rows are matched by columns with a unique index alone");
        TableName table = await CreateAsync(["k string", "v int"], [], ["a", 1], ["b", 2]);

        SaveResult result = await SaveAsync(table, Mode(mode, "K"), ["k string", "v int"], ["b", 20], ["c", 30]);

        object?[][] expected = mode switch
        {
            SaveMode.Upsert => [["a", 1], ["b", 20], ["c", 30]],
            SaveMode.SkipExisting => [["a", 1], ["b", 2], ["c", 30]],
            _ => [["b", 20], ["c", 30]],
        };
        Assert.Equal(mode == SaveMode.SkipExisting ? 1 : 2, result.Rows);
        Assert.Equal(expected, await RowsOf(table, "k"));
    }

    [SkippableFact]
    public async Task A_key_of_several_columns_of_other_types()
    {
        TableName table = await CreateAsync(["d date!", "n decimal!", "v int"], ["d", "n"], [new DateOnly(2024, 1, 1), 1.50m, 1]);

        await SaveAsync(table, Mode(SaveMode.Upsert), ["n string", "d string", "v int"], ["1.5", "2024-01-01", 2], ["1.5", "2024-01-02", 3], ["1.50", "2024-01-02", 4]);

        Assert.Equal([[new DateOnly(2024, 1, 1), 1.5m, 2], [new DateOnly(2024, 1, 2), 1.5m, 4]], await RowsOf(table, "d"));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    public async Task A_mode_that_needs_a_key_says_so(SaveMode mode)
    {
        TableName table = await CreateAsync(["id int", "v int"]);

        DbConductorException error = await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, Mode(mode), ["id int", "v int"], [1, 1]));
        Assert.Contains("-Key", error.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.ColumnNotFound, () => SaveAsync(table, Mode(mode, "nope"), ["id int", "v int"], [1, 1]));
        await Fails(DbErrorKind.ColumnNotFound, () => SaveAsync(table, Mode(mode, "id"), ["v int"], [1]));
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Upsert_of_rows_that_are_all_there_needs_no_value_for_a_not_null_column()
    {
        TableName table = await CreateAsync(["id int!", "must string!", "v int"], ["id"], [1, "kept", 1]);

        await SaveAsync(table, Mode(SaveMode.Upsert), ["id int", "v int"], [1, 2]);
        Assert.Equal([[1, "kept", 2]], await RowsOf(table));

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => SaveAsync(table, Mode(SaveMode.Upsert), ["id int", "v int"], [1, 3], [2, 3]));
        Assert.Equal("must", error.Column);
        Assert.Equal([[1, "kept", 2]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Upsert_of_keys_alone_adds_those_that_are_missing()
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5]);

        SaveResult result = await SaveAsync(table, Mode(SaveMode.Upsert), ["id int"], [1], [2]);

        Assert.Equal(2, result.Rows);
        Assert.Equal([[1, "a", 5], [2, null, null]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task Another_unique_column_is_an_error_and_never_a_reason_to_replace_or_leave_out(SaveMode mode)
    {
        TableName table = NewName();
        await SqlAsync(Words.CreateUnique(table));
        await SaveAsync(table, ["id int", "mail string"], [1, "a@x"], [2, "b@x"]);

        await NamesRowAsync(4, [3, "c@x"], [5, "d@x"], [6, "e@x"], [4, "c@x"], [7, "f@x"]);
        if (mode != SaveMode.Overwrite)
        {
            await NamesRowAsync(2, [3, "c@x"], [4, "a@x"]);
            await NamesRowAsync(1, [[3, "a@x"]]);
        }

        Assert.Equal(["a@x", "b@x"], (await SqlAsync(Words.Select(table, ["mail"], orderBy: "id"))).Select(row => (string)row[0]!));

        async Task NamesRowAsync(long row, params object?[][] rows)
        {
            DbConductorException error = await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, Mode(mode), ["id int", "mail string"], rows));
            Assert.Equal(row, error.Row);
            Assert.Contains($"Row {row}", error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task SkipExisting_leaves_what_is_there_and_hides_no_bad_row()
    {
        TableName table = await CreateAsync(["id int!", "must string!"], ["id"], [1, "kept"]);

        SaveResult result = await SaveAsync(table, Mode(SaveMode.SkipExisting), ["id int", "must string"], [1, "x"], [2, "b"]);
        Assert.Equal(1, result.Rows);
        Assert.Equal(1, result.Skipped);
        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => SaveAsync(table, Mode(SaveMode.SkipExisting), ["id int", "must string"], [3, "c"], [4, null]));
        Assert.Equal(2, error.Row);

        Assert.Equal([[1, "kept"], [2, "b"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Overwrite_replaces_the_whole_table_by_key()
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5], [2, "b", 7], [3, "c", 9]);

        SaveResult result = await SaveAsync(table, Mode(SaveMode.Overwrite), ["id int", "name string"], [2, "B"], [4, "D"]);

        // the amount that row 2 had belonged to the rows that were replaced
        Assert.Equal(2, result.Rows);
        Assert.Equal([[2, "B", null], [4, "D", null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Overwrite_replaces_the_whole_table_without_a_key_and_keeps_equal_rows()
    {
        TableName table = await CreateAsync(["v int"], [], [1], [2]);

        SaveResult result = await SaveAsync(table, Mode(SaveMode.Overwrite), ["v int"], [3], [3], [4]);

        Assert.Equal(3, result.Rows);
        Assert.Equal([[3], [3], [4]], await RowsOf(table, "v"));
    }

    [SkippableTheory]
    [InlineData("id")]
    [InlineData()]
    public async Task Overwrite_by_no_rows_empties_the_table(params string[] key)
    {
        TableName table = await CreateAsync(Item, key, [1, "a", 5]);

        Assert.Equal(0, (await SaveAsync(table, Mode(SaveMode.Overwrite), Item)).Rows);

        Assert.Empty(await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData("id")]
    [InlineData()]
    public async Task Overwrite_that_fails_leaves_the_old_rows(params string[] key)
    {
        TableName table = await CreateAsync(Item, key, [1, "a", 5]);

        await Fails(DbErrorKind.InvalidData, () => SaveAsync(table, Mode(SaveMode.Overwrite), ["id int", "amount string"], [2, "1"], [3, "x"]));

        Assert.Equal([[1, "a", 5]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData("id")]
    [InlineData()]
    public async Task Overwrite_shows_readers_the_old_rows_or_the_new(params string[] key)
    {
        SkipUnless(ReadsOneMoment, "a reader may see rows of before and after");
        const int count = 500;
        string[] columns = ["id int!", "version int"];
        TableName table = await CreateAsync(columns, key);
        await Db.SaveAsync(table, Spec.Stream(columns, count, i => [i, 0]), new(), default);
        using CancellationTokenSource done = new();
        TaskCompletionSource underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                object?[][] rows = await RowsOf(Db, new BatchQuery(table));
                Assert.Equal(count, rows.Length);
                Assert.Single(rows.Select(row => row[1]).Distinct());
                underWay.TrySetResult();
            }
        });
        await Task.WhenAny(reading, underWay.Task);

        for (int version = 1; version <= 10; version++)
        {
            int v = version;
            await Db.SaveAsync(table, Spec.Stream(columns, count, i => [i + (v % 2 * 100), v]), Mode(SaveMode.Overwrite), default);
        }

        done.Cancel();
        await reading;
        Assert.All(await RowsOf(table), row => Assert.Equal(10, row[1]));
    }

    [SkippableFact]
    public async Task Overwrite_keeps_views_triggers_and_rows_that_others_refer_to()
    {
        SkipUnless(ForeignKeys, "the database has no foreign keys");
        TableName parent = NewName("parent");
        TableName child = NewName("child");
        await SqlAsync($"create table {parent.Name} (id int primary key, v int)");
        await SqlAsync($"create table {child.Name} (id int primary key, parent int not null references {parent.Name}(id))");
        await SqlAsync($"create view {parent.Name}_view as select id, v from {parent.Name}");
        await SaveAsync(parent, ["id int", "v int"], [1, 1], [2, 2]);
        await SaveAsync(child, ["id int", "parent int"], [10, 1]);

        await SaveAsync(parent, Mode(SaveMode.Overwrite), ["id int", "v int"], [1, 5], [3, 6]);
        Assert.Equal([[1L, 5L], [3L, 6L]], Longs(await SqlAsync($"select id, v from {parent.Name}_view order by id")));

        await Fails(DbErrorKind.Constraint, () => SaveAsync(parent, Mode(SaveMode.Overwrite), ["id int", "v int"], [3, 7]));
        Assert.Equal([[1L, 5L], [3L, 6L]], Longs(await SqlAsync($"select id, v from {parent.Name}_view order by id")));
        Assert.Equal(1, await Db.CountAsync(child, null, default));
    }

    [SkippableTheory]
    [InlineData("cascade")]
    [InlineData("set null")]
    public async Task Overwrite_never_reaches_other_tables_through_a_foreign_key(string action)
    {
        SkipUnless(ForeignKeys, "the database has no foreign keys");
        TableName parent = NewName("parent");
        TableName child = NewName("child");
        await SqlAsync($"create table {parent.Name} (id int primary key, v int)");
        await SqlAsync($"create table {child.Name} (id int primary key, parent int references {parent.Name}(id) on delete {action})");
        await SaveAsync(parent, ["id int", "v int"], [1, 1], [2, 2]);
        await SaveAsync(child, ["id int", "parent int"], [10, 1]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => SaveAsync(parent, Mode(SaveMode.Overwrite), ["id int", "v int"], [2, 2]));
        Assert.Contains(child.Name, error.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.Constraint, () => SaveAsync(parent, Mode(SaveMode.Overwrite), ["id int", "v int"]));
        Assert.Equal(2, await Db.CountAsync(parent, null, default));

        // nothing goes here, so that nothing could cascade
        await SaveAsync(parent, Mode(SaveMode.Overwrite), ["id int", "v int"], [1, 5], [2, 6], [3, 7]);
        Assert.Equal([[10L, 1L]], Longs(await SqlAsync($"select id, parent from {child.Name}")));
    }

    [SkippableFact]
    public async Task CommitEvery_leaves_whole_chunks_and_says_how_many()
    {
        TableName table = await CreateAsync(["id int"]);
        SaveOptions options = new() { CommitEvery = 5 };

        SaveResult result = await Db.SaveAsync(table, Spec.Stream(["id int"], 12, i => [i]), options, default);
        Assert.Equal(12, result.Rows);
        Assert.Equal(3, result.Commits);

        await Db.DeleteAsync(table, (Filter?)null, default);
        DbConductorException error = await Fails(
            DbErrorKind.InvalidData,
            () => Db.SaveAsync(table, Spec.Stream(["id string"], 20, i => [i == 13 ? "bad" : i.ToString(System.Globalization.CultureInfo.InvariantCulture)]), options, default));
        Assert.Equal(13, error.Row);
        Assert.Equal(10, await Db.CountAsync(table, null, default));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    public async Task CommitEvery_with_a_key_leaves_whole_chunks(SaveMode mode)
    {
        TableName table = await CreateAsync(["id int!", "v int"], ["id"], [1, 0]);
        SaveOptions options = new() { CommitEvery = 4, Mode = mode };

        SaveResult result = await Db.SaveAsync(table, Spec.Stream(["id int", "v int"], 8, i => [i, i]), options, default);
        Assert.Equal(mode == SaveMode.Upsert ? 8 : 7, result.Rows);
        Assert.Equal(mode == SaveMode.Upsert ? 1 : 0, (await RowsOf(table))[0][1]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint,
            () => Db.SaveAsync(table, Spec.Stream(["id int", "v int"], 8, i => [i == 7 ? null : 100 + i, i]), options, default));
        Assert.Equal(7, error.Row);
        Assert.Equal(12, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task CommitEvery_that_means_nothing_is_refused()
    {
        TableName table = await CreateAsync(["id int"], [], [1]);

        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, new SaveOptions { CommitEvery = 0 }, ["id int"], [2]));
        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, new SaveOptions { CommitEvery = 5, Mode = SaveMode.Overwrite }, ["id int"], [2]));
        Assert.Equal([[1]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task BatchSize_changes_no_result(int size)
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5]);

        SaveResult result = await Db.SaveAsync(
            table, Spec.Stream(Item, 50, i => [i, "n", i]), new SaveOptions { Mode = SaveMode.Upsert, BatchSize = size }, default);

        Assert.Equal(50, result.Rows);
        Assert.Equal(50, (await RowsOf(table)).Count(row => row[1] is "n"));
    }

    [SkippableFact]
    public async Task BatchSize_bounds_what_is_read_before_the_server_refuses_a_row()
    {
        TableName table = await CreateAsync(["id int!"], ["id"], [25]);
        int read = 0;
        RowReader rows = Spec.Stream(["id int"], 5000, i => [read = i]);
        SkipUnless(StreamsInput, "the input is read to its end first");

        await Fails(DbErrorKind.DuplicateKey, () => Db.SaveAsync(table, rows, new SaveOptions { BatchSize = 10 }, default));

        Assert.InRange(read, 25, 31);
        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, new SaveOptions { BatchSize = 0 }, ["id int"], [1]));
        Assert.Equal([[25]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task Plan_tells_what_would_be_done_and_does_nothing(SaveMode mode)
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5]);
        TableName absent = NewName("absent");

        SavePlan plan = await Db.PlanAsync(table, Spec.Columns("id string", "amount long"), Mode(mode), default);
        Assert.Equal(mode, plan.Mode);
        Assert.Empty(plan.Ddl);
        Assert.Equal(["id", "amount", "name"], plan.Columns.Select(c => c.Target));
        Assert.Equal(["id", "amount", null], plan.Columns.Select(c => c.Source));
        SaveResult result = await SaveAsync(table, Mode(mode), ["id string", "amount long"], ["2", 1L]);
        Assert.Equal(result.Path, plan.Path);

        plan = await Db.PlanAsync(absent, Spec.Columns("id int", "amount long"), new SaveOptions { Mode = mode, CreateTable = true, Key = ["id"] }, default);
        Assert.Contains(absent.Name, Assert.Single(plan.Ddl), StringComparison.Ordinal);
        Assert.Null(await Db.DescribeAsync(absent, default));
        await Fails(DbErrorKind.NotFound, () => Db.PlanAsync(absent, Spec.Columns("id int"), Mode(mode), default));
        if (ClosedColumns)
        {
            await Fails(DbErrorKind.ColumnNotFound, () => Db.PlanAsync(table, Spec.Columns("id int", "nope int"), Mode(mode), default));
        }
    }

    private static object?[][] Longs(object?[][] rows) =>
        [.. rows.Select(row => row.Select(cell => cell is null ? null : (object)Convert.ToInt64(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
}
