using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>Rows of one call that have not all the same columns.</summary>
public abstract partial class ContractTests
{
    private static readonly object Lacking = TestRows.Missing;

    private static TestRows Shaped(string[] columns, params object?[][] rows) => new((Spec.Columns(columns), rows));

    [SkippableFact]
    public async Task Upsert_leaves_columns_alone_that_a_row_lacks()
    {
        TableName table = await CreateAsync(["id int!", "must string!", "amount int"], ["id"], [1, "a", 5], [2, "b", 6], [3, "c", 7], [4, "d", 8]);

        SaveResult result = await Db.SaveAsync(
            table,
            Shaped(["id int", "must string", "amount int"], [1, "A", 50], [2, Lacking, 60], [3, "C", Lacking], [4, Lacking, null], [5, "E", Lacking], [1, "AA", Lacking]),
            Mode(SaveMode.Upsert),
            default);

        Assert.Equal(5, result.Rows);
        Assert.Equal(1, result.Skipped);
        Assert.Equal([[1, "AA", 5], [2, "b", 60], [3, "C", 7], [4, "d", null], [5, "E", null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Upsert_of_a_new_row_that_lacks_what_may_not_be_null_is_refused()
    {
        TableName table = await CreateAsync(["id int!", "must string!", "amount int"], ["id"], [1, "a", 5]);

        DbConductorException error = await Fails(DbErrorKind.Constraint, () => Db.SaveAsync(
            table, Shaped(["id int", "must string", "amount int"], [1, "b", 6], [2, Lacking, 7]), Mode(SaveMode.Upsert), default));

        Assert.Equal("must", error.Column);
        Assert.Equal([[1, "a", 5]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.Overwrite)]
    public async Task A_new_row_has_the_defaults_of_columns_that_it_lacks(SaveMode mode)
    {
        SkipUnless(Defaults, "the database has no defaults");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int not null primary key, state varchar(10) default 'new' not null, grade int default 7, note varchar(10))");

        SaveResult result = await Db.SaveAsync(
            table,
            Shaped(
                ["id int", "state string", "grade int", "note string"],
                [1, "old", 1, "x"], [2, Lacking, 2, "y"], [3, "old", Lacking, Lacking], [4, Lacking, Lacking, null], [5, "old", null, Lacking]),
            Mode(mode),
            default);

        Assert.Equal(5, result.Rows);
        Assert.Equal(
            [[1L, "old", 1L, "x"], [2L, "new", 2L, "y"], [3L, "old", 7L, null], [4L, "new", 7L, null], [5L, "old", null, null]],
            (await RowsOf(table)).Select(row => row.Select(cell => cell is int n ? (long)n : cell).ToArray()));
    }

    [SkippableFact]
    public async Task Overwrite_gives_rows_that_are_there_the_defaults_of_columns_that_they_lack()
    {
        SkipUnless(Defaults, "the database has no defaults");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int not null primary key, state varchar(10) default 'new' not null)");
        await SaveAsync(table, ["id int", "state string"], [1, "a"], [2, "b"], [3, "c"]);

        await Db.SaveAsync(table, Shaped(["id int", "state string"], [1, "A"], [2, Lacking]), Mode(SaveMode.Overwrite), default);

        Assert.Equal(["A", "new"], (await RowsOf(table)).Select(row => (string)row[1]!));
    }

    [SkippableFact]
    public async Task A_row_that_lacks_what_may_not_be_null_and_has_no_default_is_refused_by_name()
    {
        TableName table = await CreateAsync(["id int!", "must string!"], ["id"]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => Db.SaveAsync(table, Shaped(["id int", "must string"], [1, "a"], [2, Lacking]), new(), default));

        Assert.Equal((2L, "must"), (error.Row, error.Column));
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_by_key_leaves_columns_alone_that_a_row_lacks()
    {
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5], [2, "b", 6], [3, "c", 7]);

        long matched = await Db.UpdateAsync(
            table, Shaped(["id int", "name string", "amount int"], [1, Lacking, 50], [2, "B", Lacking], [3, Lacking, Lacking], [9, "none", Lacking]), [], default);

        Assert.Equal(3, matched);
        Assert.Equal([[1, "a", 50], [2, "B", 6], [3, "c", 7]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    public async Task Rows_of_many_shapes_stay_whole_across_commits_and_in_transactions(SaveMode mode)
    {
        SkipUnless(Defaults, "the database has no defaults");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int not null primary key, a int default -1, b int default -2)");
        object?[][] rows = [.. Enumerable.Range(0, 3000).Select(i => (object?[])[i, i % 3 == 1 ? Lacking : i, i % 5 == 4 ? Lacking : i])];

        SaveResult result = await Db.SaveAsync(table, Shaped(["id int", "a int", "b int"], rows), Mode(mode) with { CommitEvery = 700 }, default);
        await using IDbTransaction transaction = await BeginAsync();
        TestRows fed = new((Spec.Columns("id int", "a int", "b int"), [.. rows.Select(row => (object?[])[(int)row[0]! + 3000, row[1], row[2]])])) { Fed = true };
        await transaction.SaveAsync(table, fed, Mode(mode), default);
        await transaction.CommitAsync(default);

        Assert.Equal(3000, result.Rows);
        object?[][] found = await RowsOf(table);
        Assert.Equal(6000, found.Length);
        Assert.All(found, row =>
        {
            int id = Convert.ToInt32(row[0]);
            int i = id % 3000;
            Assert.Equal((i % 3 == 1 ? -1 : i, i % 5 == 4 ? -2 : i), (Convert.ToInt32(row[1]), Convert.ToInt32(row[2])));
        });
    }

    [SkippableFact]
    public async Task More_shapes_than_one_commit_takes_are_refused_by_row()
    {
        SkipUnless(ClosedColumns, "each row is written by itself, with the columns that it has");
        string[] names = [.. Enumerable.Range(0, 11).Select(i => $"c{i}")];
        TableName table = await CreateAsync(["id int!", .. names.Select(n => n + " int")], "id");
        object?[][] rows = [.. Enumerable.Range(0, 1100).Select(i => (object?[])[i, .. names.Select((_, bit) => (i >> bit & 1) == 1 ? Lacking : (object?)i)])];

        DbConductorException error = await Fails(
            DbErrorKind.InvalidData, () => Db.SaveAsync(table, Shaped(["id int", .. names.Select(n => n + " int")], rows), Mode(SaveMode.Upsert), default));

        Assert.Equal(1002, error.Row);
        Assert.NotNull(error.Column);
        Assert.Empty(await RowsOf(table));
    }
}
