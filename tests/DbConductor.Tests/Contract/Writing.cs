using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Rows_are_saved_and_read_back(int count)
    {
        TableName table = await CreateAsync(["id int!", "name string"], "id");

        SaveResult result = await Db.SaveAsync(table, Spec.Stream(["id int", "name string"], count, i => [i, "name " + i]), new(), default);

        Assert.Equal(count, result.Rows);
        Assert.Equal(SaveStatus.Saved, result.Status);
        Assert.False(string.IsNullOrWhiteSpace(result.Path));
        object?[][] expected = [.. Enumerable.Range(1, count).Select(i => new object?[] { i, "name " + i })];
        Assert.Equal(expected, await RowsOf(table));
        Assert.Equal(count, await Db.CountAsync(table, null, default));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    [InlineData(SaveMode.SkipExisting)]
    [InlineData(SaveMode.Overwrite)]
    public async Task An_empty_pipeline_without_columns_is_no_error(SaveMode mode)
    {
        TableName table = await CreateAsync(["id int!"], "id");

        SaveResult result = await Db.SaveAsync(table, Spec.Rows([]), new SaveOptions { Mode = mode }, default);

        Assert.Equal(0, result.Rows);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_missing_table_is_named_with_the_remedy()
    {
        TableName table = NewName("missing");

        DbConductorException error = await Fails(DbErrorKind.NotFound, () => SaveAsync(table, ["id int"], [1]));

        Assert.Contains(table.Name, error.Message, StringComparison.Ordinal);
        Assert.Contains("-CreateTable", error.Message, StringComparison.Ordinal);
        Assert.Null(await Db.DescribeAsync(table, default));
    }

    [SkippableFact]
    public async Task Every_other_call_on_a_missing_table_says_so()
    {
        TableName table = NewName("missing");
        Dictionary<string, object?> set = new() { ["a"] = 1 };
        Func<Task>[] calls =
        [
            () => RowsOf(table),
            () => Db.CountAsync(table, null, default),
            () => Db.UpdateAsync(table, null, set, default),
            () => Db.UpdateAsync(table, Spec.Rows(["id int", "a int"], [1, 1]), ["id"], default),
            () => Db.DeleteAsync(table, null, default),
            () => Db.DeleteAsync(table, Spec.Rows(["id int"], [1]), ["id"], default),
            () => Db.PlanAsync(table, Spec.Columns("id int"), new(), default),
        ];
        foreach (Func<Task> call in calls)
        {
            DbConductorException error = await Fails(DbErrorKind.NotFound, call);
            Assert.Contains(table.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Columns_are_matched_by_name_whatever_their_order_and_case()
    {
        TableName table = await CreateAsync(["id int", "first string", "second string"]);

        await SaveAsync(table, ["SECOND string", "Id int", "first string"], ["two", 1, "one"]);

        Assert.Equal([[1, "one", "two"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_property_without_a_column_is_refused_and_nothing_written()
    {
        SkipUnless(ClosedColumns, "a row may bring any column");
        TableName table = await CreateAsync(["id int"]);

        DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, () => SaveAsync(table, ["id int", "extra int"], [1, 2]));

        Assert.Equal("extra", error.Column);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_column_that_gets_no_value_is_null()
    {
        TableName table = await CreateAsync(["id int", "note string"]);

        await SaveAsync(table, ["id int"], [1]);

        Assert.Equal([[1, null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_column_that_gets_no_value_has_its_default()
    {
        SkipUnless(Defaults, "the database has no defaults");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int, state varchar(10) default 'new' not null)");

        await SaveAsync(table, ["id int"], [1]);

        Assert.Equal([["new"]], await SqlAsync($"select state from {table.Name}"));
    }

    [SkippableFact]
    public async Task A_not_null_column_that_gets_no_value_is_refused_by_name()
    {
        TableName table = await CreateAsync(["id int", "must string!"]);

        DbConductorException error = await Fails(DbErrorKind.Constraint, () => SaveAsync(table, ["id int"], [1]));

        Assert.Equal("must", error.Column);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Null_in_a_not_null_column_names_row_and_column_and_nothing_is_written()
    {
        TableName table = await CreateAsync(["id int", "must string!"]);

        DbConductorException error = await Fails(
            DbErrorKind.Constraint, () => SaveAsync(table, ["id int", "must string"], [1, "a"], [2, "b"], [3, null], [4, "d"]));

        Assert.Equal("must", error.Column);
        Assert.Equal(3, error.Row);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_taken_key_is_a_duplicate_and_nothing_is_written()
    {
        TableName table = await CreateAsync(["id int!", "v string"], ["id"], [2, "old"]);

        DbConductorException error = await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, ["id int", "v string"], [1, "sesame1"], [2, "sesame2"]));

        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
        Assert.Equal([[2, "old"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task The_same_key_twice_in_one_insert_is_a_duplicate_and_nothing_is_written()
    {
        TableName table = await CreateAsync(["id int!"], "id");

        await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, ["id int"], [1], [2], [1]));

        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_check_and_a_foreign_key_that_do_not_hold_are_constraints()
    {
        SkipUnless(ForeignKeys, "the database has neither");
        TableName parent = NewName("parent");
        TableName child = NewName("child");
        await SqlAsync($"create table {parent.Name} (id int primary key)");
        await SqlAsync($"create table {child.Name} (id int primary key, parent int references {parent.Name}(id), positive int check (positive > 0))");
        await SaveAsync(parent, ["id int"], [1]);

        await Fails(DbErrorKind.Constraint, () => SaveAsync(child, ["id int", "parent int", "positive int"], [1, 1, 1], [2, 1, 0]));
        await Fails(DbErrorKind.Constraint, () => SaveAsync(child, ["id int", "parent int", "positive int"], [1, 1, 1], [2, 99, 1]));
        Assert.Equal(0, await Db.CountAsync(child, null, default));

        await SaveAsync(child, ["id int", "parent int", "positive int"], [1, 1, 1]);
        await Fails(DbErrorKind.Constraint, () => Db.DeleteAsync(parent, null, default));
        Assert.Equal(1, await Db.CountAsync(parent, null, default));
    }

    [SkippableFact]
    public async Task A_computed_column_takes_no_value()
    {
        SkipUnless(Defaults, "the database computes no column");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int, twice int generated always as (id * 2) stored)");

        DbConductorException error = await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, ["id int", "twice int"], [1, 2]));
        Assert.Equal("twice", error.Column);

        await SaveAsync(table, ["id int"], [4]);
        Assert.Equal([8L], (await SqlAsync($"select twice from {table.Name}")).Select(row => Convert.ToInt64(row[0])));
    }

    [SkippableFact]
    public async Task An_input_that_fails_on_the_way_writes_nothing_and_its_error_comes_through()
    {
        TableName table = await CreateAsync(["id int"]);

        DbConductorException error = await Fails(
            DbErrorKind.InvalidData, () => Db.SaveAsync(table, Spec.Stream(["id int"], FailingRows(3000)), new(), default));

        Assert.Equal("the source broke", error.Message);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Rows_whose_columns_grow_on_the_way_are_refused_by_row_and_name()
    {
        SkipUnless(ClosedColumns, "a row may bring any column");
        TableName table = await CreateAsync(["id int", "late int"]);

        DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, () => Db.SaveAsync(table, new GrowingRows(), new(), default));

        Assert.Equal("late", error.Column);
        Assert.Equal(3, error.Row);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Progress_is_told()
    {
        TableName table = await CreateAsync(["id int"]);
        long last = 0;

        await Db.SaveAsync(table, Spec.Stream(["id int"], 30_000, i => [i]), new SaveOptions { OnProgress = rows => Interlocked.Exchange(ref last, rows) }, default);

        Assert.InRange(last, 1, 30_000);
    }

    private static IEnumerable<object?[]> FailingRows(int good)
    {
        for (int i = 0; i < good; i++)
        {
            yield return [i];
        }

        throw new DbConductorException(DbErrorKind.InvalidData, "the source broke");
    }

    /// <summary>Two rows with one column, then a third that brings another.</summary>
    private sealed class GrowingRows : RowReader
    {
        private int _row;
        private bool _grown;

        public override IReadOnlyList<Column> Columns => _grown ? Spec.Columns("id int", "late int") : Spec.Columns("id int");

        public override bool Read()
        {
            if (_row == (_grown ? 3 : 2))
            {
                return false;
            }

            _row++;
            return true;
        }

        public override bool NextResult() => !_grown && (_grown = true);

        public override object GetValue(int ordinal) => _row;
    }
}
