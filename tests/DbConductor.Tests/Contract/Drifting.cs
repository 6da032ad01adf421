using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public async Task A_column_that_goes_between_two_calls_is_missed_by_name()
    {
        SkipUnless(ClosedColumns, "a row may bring any column");
        TableName table = await CreateAsync(Item, ["id"], [1, "a", 5]);
        await using IDbAdapter other = await ConnectAsync();
        Assert.Equal([[1, "a", 5]], await RowsOf(table));
        await SaveAsync(table, Mode(SaveMode.Upsert), Item, [1, "a", 5]);

        await SqlAsync(other, $"alter table {table.Name} drop column amount");

        Assert.Equal([[1, "a"]], await RowsOf(table));
        DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, () => SaveAsync(table, Mode(SaveMode.Upsert), Item, [1, "a", 5]));
        Assert.Equal("amount", error.Column);
        await SaveAsync(table, ["id int", "name string"], [2, "b"]);
        Assert.Equal([[1, "a"], [2, "b"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_column_that_comes_or_changes_between_two_calls_is_seen()
    {
        SkipUnless(ClosedColumns, "a row may bring any column");
        TableName table = await CreateAsync(["id int!", "n int"], ["id"], [1, 5]);
        await using IDbAdapter other = await ConnectAsync();
        BatchQuery query = new(table) { OrderBy = [new("id")] };
        Assert.Equal([[1, 5]], await RowsOf(Db, query));
        Assert.Equal([[1, 5]], await RowsOf(Db, query));

        await SqlAsync(other, $"alter table {table.Name} rename column n to m");
        await SqlAsync(other, $"alter table {table.Name} add column note varchar(20)");

        Assert.Equal([[1, 5, null]], await RowsOf(Db, query));
        await SaveAsync(table, ["id int", "m int", "note string"], [2, 6, "x"]);
        Assert.Equal([[1, 5, null], [2, 6, "x"]], await RowsOf(Db, query));
        Assert.Equal(["id", "m", "note"], (await Db.DescribeAsync(table, default))!.Columns.Select(c => c.Name));
    }

    [SkippableFact]
    public async Task A_table_that_goes_between_two_calls_is_missed_and_may_come_back_otherwise()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"]);
        await using IDbAdapter other = await ConnectAsync();
        await RowsOf(table);

        await SqlAsync(other, Words.Drop(table));
        await Fails(DbErrorKind.NotFound, () => RowsOf(table));
        await Fails(DbErrorKind.NotFound, () => SaveAsync(Db, table, [2, "b"]));

        await other.CreateAsync(table, Spec.Table(["id string!", "v int"], "id"), default);
        await SaveAsync(table, ["id string", "v string"], ["x", "7"]);
        Assert.Equal([["x", 7]], await RowsOf(table));
    }
}
