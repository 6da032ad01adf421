using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private static readonly string[] Stock = ["id int!", "name string", "amount int"];

    [SkippableFact]
    public async Task Update_by_filter_counts_the_rows_matched_changed_or_not()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "b", 7], [3, "c", null]);

        long matched = await Db.UpdateAsync(table, new InFilter("id", [1, 2]), new Dictionary<string, object?> { ["amount"] = 5 }, default);

        Assert.Equal(2, matched);
        Assert.Equal([[1, "a", 5], [2, "b", 5], [3, "c", null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_without_a_filter_sets_all_also_to_null()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "b", 7]);

        Assert.Equal(2, await Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["name"] = "x", ["amount"] = null }, default));

        Assert.Equal([[1, "x", null], [2, "x", null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_converts_to_the_columns_type_or_says_which_column()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5]);

        await Db.UpdateAsync(table, Filter.Equal("ID", "1"), new Dictionary<string, object?> { ["AMOUNT"] = "42" }, default);
        Assert.Equal([[1, "a", 42]], await RowsOf(table));

        DbConductorException misfit = await Fails(
            DbErrorKind.InvalidData, () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["amount"] = "many" }, default));
        Assert.Equal("amount", misfit.Column);
        if (ClosedColumns)
        {
            DbConductorException missing = await Fails(
                DbErrorKind.ColumnNotFound, () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["nope"] = 1 }, default));
            Assert.Equal("nope", missing.Column);
        }

        Assert.Equal([[1, "a", 42]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_to_null_where_none_may_stand_or_to_a_taken_key_is_refused()
    {
        TableName table = await CreateAsync(["id int!", "must string!"], ["id"], [1, "a"], [2, "b"]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["must"] = null }, default));
        Assert.Equal("must", error.Column);
        await Fails(DbErrorKind.DuplicateKey, () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["id"] = 1 }, default));
        Assert.Equal([[1, "a"], [2, "b"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_by_rows_sets_the_given_columns_of_the_rows_with_those_keys()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "b", 7], [3, "c", 9]);

        long matched = await Db.UpdateAsync(table, Spec.Rows(["id int", "amount string"], [3, "30"], [99, "1"], [1, "5"]), ["id"], default);

        Assert.Equal(2, matched);
        Assert.Equal([[1, "a", 5], [2, "b", 7], [3, "c", 30]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_by_rows_takes_any_key_and_the_last_row_of_a_key()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "a", 7], [3, "c", 9]);

        long matched = await Db.UpdateAsync(table, Spec.Rows(["name string", "amount int"], ["a", 1], ["c", 2], ["a", 3]), ["name"], default);

        Assert.Equal(3, matched);
        Assert.Equal([[1, "a", 3], [2, "a", 3], [3, "c", 2]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_by_rows_refuses_null_in_the_key_by_row()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => Db.UpdateAsync(table, Spec.Rows(["id int", "amount int"], [1, 6], [null, 7]), ["id"], default));

        Assert.Equal(2, error.Row);
        Assert.Equal("id", error.Column);
        Assert.Equal([[1, "a", 5]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Update_by_rows_names_the_row_that_the_table_refuses()
    {
        TableName table = NewName();
        await SqlAsync(Words.CreateUnique(table));
        await SaveAsync(table, ["id int", "mail string"], [1, "a@x"], [2, "b@x"], [3, "c@x"], [4, "d@x"]);

        DbConductorException error = await Fails(
            DbErrorKind.DuplicateKey, () => Db.UpdateAsync(table, Spec.Rows(["id int", "mail string"], [4, "e@x"], [99, "a@x"], [3, "b@x"], [1, "f@x"]), ["id"], default));

        Assert.Equal(3, error.Row);
        Assert.StartsWith("Row 3", error.Message, StringComparison.Ordinal);

        // the same key twice: rows have gone from among those that are looked through
        DbConductorException unnamed = await Fails(
            DbErrorKind.DuplicateKey, () => Db.UpdateAsync(table, Spec.Rows(["id int", "mail string"], [3, "e@x"], [3, "b@x"]), ["id"], default));
        Assert.DoesNotContain("-Reject", unnamed.Message, StringComparison.Ordinal);
        Assert.Equal(["a@x", "b@x", "c@x", "d@x"], (await SqlAsync(Words.Select(table, ["mail"], orderBy: "id"))).Select(row => (string)row[0]!));
    }

    [SkippableFact]
    public async Task Update_by_rows_that_lack_the_key_or_a_column_of_the_table_is_refused()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5]);

        await Fails(DbErrorKind.ColumnNotFound, () => Db.UpdateAsync(table, Spec.Rows(["amount int"], [1]), ["id"], default));
        if (ClosedColumns)
        {
            await Fails(DbErrorKind.ColumnNotFound, () => Db.UpdateAsync(table, Spec.Rows(["id int", "nope int"], [1, 1]), ["id"], default));
        }

        await Fails(DbErrorKind.ColumnNotFound, () => Db.UpdateAsync(table, Spec.Rows(["id int", "amount int"], [1, 1]), ["nope"], default));
    }

    [SkippableFact]
    public async Task Delete_by_filter_and_without_one()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "b", null], [3, "c", 9]);

        Assert.Equal(1, await Db.DeleteAsync(table, new CompareFilter("amount", CompareOp.Greater, 5), default));
        Assert.Equal([[1, "a", 5], [2, "b", null]], await RowsOf(table));
        Assert.Equal(0, await Db.DeleteAsync(table, new CompareFilter("amount", CompareOp.Greater, 5), default));
        Assert.Equal(2, await Db.DeleteAsync(table, (Filter?)null, default));
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Delete_by_rows_looks_at_the_key_alone_and_counts_rows_removed()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, "b", 7], [3, "c", 9]);

        long removed = await Db.DeleteAsync(table, Spec.Rows(["other string", "id string"], ["x", "3"], ["x", "3"], ["y", "99"], ["z", "1"]), ["id"], default);

        Assert.Equal(2, removed);
        Assert.Equal([[2, "b", 7]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Delete_by_a_key_of_several_columns()
    {
        TableName table = await CreateAsync(["id int!", "name string!"], ["id", "name"], [1, "a"], [1, "b"], [2, "a"]);

        Assert.Equal(1, await Db.DeleteAsync(table, Spec.Rows(["id int", "name string"], [1, "a"]), ["id", "name"], default));

        Assert.Equal([[1, "b"], [2, "a"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Delete_by_rows_refuses_null_in_the_key_by_row()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5], [2, null, 7]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => Db.DeleteAsync(table, Spec.Rows(["name string"], ["a"], ["b"], [null]), ["name"], default));

        Assert.Equal(3, error.Row);
        Assert.Equal(2, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Update_and_delete_by_no_rows_do_nothing()
    {
        TableName table = await CreateAsync(Stock, ["id"], [1, "a", 5]);

        Assert.Equal(0, await Db.UpdateAsync(table, Spec.Rows(["id int", "amount int"]), ["id"], default));
        Assert.Equal(0, await Db.DeleteAsync(table, Spec.Rows(["id int"]), ["id"], default));
        Assert.Equal(0, await Db.UpdateAsync(table, Spec.Rows([]), ["id"], default));
        Assert.Equal(0, await Db.DeleteAsync(table, Spec.Rows([]), ["id"], default));

        Assert.Equal([[1, "a", 5]], await RowsOf(table));
    }
}
