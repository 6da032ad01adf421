using System.Globalization;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private const string NotSql = "the database speaks no SQL: a test of its own says the same in its words";

    [SkippableFact]
    public async Task A_native_query_binds_its_parameters_by_name()
    {
        SkipUnless(SpeaksSql, NotSql);
        TableName table = await CreateAsync(
            ["id int", "name string", "amount decimal", "day date", "at datetime"], [],
            [1, "a", 1.5m, new DateOnly(2024, 1, 1), new DateTime(2024, 1, 1, 12, 0, 0)],
            [2, "'; drop table x; --", 2.5m, new DateOnly(2024, 1, 2), new DateTime(2024, 1, 2, 12, 0, 0)],
            [3, null, null, null, null]);

        async Task<IEnumerable<int>> Ids(string condition, object? value) =>
            (await SqlAsync(Db, $"select id from {table.Name} where {condition} order by id", new() { ["v"] = value })).Select(row => Convert.ToInt32(row[0], CultureInfo.InvariantCulture)).ToList();

        Assert.Equal([1], await Ids("id < @v", 2));
        Assert.Equal([1, 2], await Ids("id < @v", 3L));
        Assert.Equal([2], await Ids("name = @v", "'; drop table x; --"));
        Assert.Equal([2], await Ids("amount = @v", 2.5m));
        Assert.Equal([1], await Ids("day = @v", new DateOnly(2024, 1, 1)));
        Assert.Equal([2], await Ids("at >= @v", new DateTime(2024, 1, 2)));
        Assert.Equal([], await Ids("id = @v", null));
        Assert.Equal([1, 2, 3], await Ids($"(id > @v or id = @v) and {IsDistinct("name", "'@v'")}", 0));
    }

    [SkippableFact]
    public async Task A_native_query_gives_its_result_sets_one_after_the_other()
    {
        SkipUnless(SpeaksSql, NotSql);
        TableName table = await CreateAsync(["id int"], [], [1], [2]);

        await using IQueryResults results = await Db.QueryAsync(
            new NativeQuery($"select id, 'x' as t from {table.Name} order by id; delete from {table.Name} where id = 1; select count(*) as n, id from {table.Name} group by id"),
            default);

        RowReader first = (await results.NextAsync(default))!;
        Assert.Equal(["id", "t"], first.Columns.Select(c => c.Name));
        Assert.Equal([[1, "x"], [2, "x"]], await first.ToArrayAsync());
        RowReader second = (await results.NextAsync(default))!;
        Assert.Equal(["n", "id"], second.Columns.Select(c => c.Name));
        Assert.Equal([[1L, 2]], (await second.ToArrayAsync()).Select(row => new object?[] { Convert.ToInt64(row[0], CultureInfo.InvariantCulture), row[1] }));
        Assert.Null(await results.NextAsync(default));
        Assert.Equal(1, results.RowsAffected);
    }

    [SkippableFact]
    public async Task Result_sets_may_be_left_in_the_middle()
    {
        SkipUnless(SpeaksSql, NotSql);
        TableName table = await CreateAsync(["id int"]);
        await Db.SaveAsync(table, Spec.Stream(["id int"], 10_000, i => [i]), new(), default);

        await using IQueryResults results = await Db.QueryAsync(new NativeQuery($"select id from {table.Name}; select 'second' as a"), default);
        Assert.True(await (await results.NextAsync(default))!.ReadAsync());
        RowReader second = (await results.NextAsync(default))!;

        Assert.Equal([["second"]], await second.ToArrayAsync());
    }

    [SkippableFact]
    public async Task A_native_statement_without_rows_tells_how_many_it_changed()
    {
        SkipUnless(SpeaksSql, NotSql);
        TableName table = await CreateAsync(["id int"], [], [1], [2], [3]);

        await using (IQueryResults results = await Db.QueryAsync(new NativeQuery($"update {table.Name} set id = id + 10 where id > 1"), default))
        {
            Assert.Null(await results.NextAsync(default));
            Assert.Equal(2, results.RowsAffected);
        }

        await using (IQueryResults results = await Db.QueryAsync(new NativeQuery($"select id from {table.Name}"), default))
        {
            Assert.Equal(3, (await (await results.NextAsync(default))!.ToArrayAsync()).Length);
            Assert.Null(await results.NextAsync(default));
            Assert.Equal(-1, results.RowsAffected);
        }
    }

    [SkippableFact]
    public async Task A_native_query_may_give_no_row_one_name_twice_or_no_name()
    {
        SkipUnless(SpeaksSql, NotSql);
        await using IQueryResults results = await Db.QueryAsync(new NativeQuery("select 1 as a, 'x' as a, null as b, 1 + 1 where 1 = 1"), default);
        RowReader rows = (await results.NextAsync(default))!;
        Assert.Equal(4, rows.FieldCount);
        object?[] row = Assert.Single(await rows.ToArrayAsync());
        Assert.Equal(1, Convert.ToInt32(row[0], CultureInfo.InvariantCulture));
        Assert.Equal("x", row[1]);
        Assert.Null(row[2]);

        Assert.Empty(await SqlAsync("select 1 as a where 1 = 0"));
    }

    [SkippableFact]
    public async Task A_native_query_that_is_wrong_says_in_which_way()
    {
        SkipUnless(SpeaksSql, NotSql);
        TableName table = await CreateAsync(["id int!"], ["id"], [1]);

        await Fails(DbErrorKind.Syntax, () => SqlAsync("selec 1"));
        await Fails(DbErrorKind.NotFound, () => SqlAsync("select * from no_such_table_anywhere"));
        await Fails(DbErrorKind.ColumnNotFound, () => SqlAsync($"select nope from {table.Name}"));
        await Fails(DbErrorKind.AlreadyExists, () => SqlAsync($"create table {table.Name} (id int)"));
        await Fails(DbErrorKind.DuplicateKey, () => SqlAsync($"insert into {table.Name} (id) values (1)"));
        DbConductorException error = await Fails(DbErrorKind.Constraint, () => SqlAsync($"insert into {table.Name} (id) values (null)"));
        Assert.Equal("id", error.Column);
    }

    [SkippableFact]
    public async Task A_native_query_may_take_no_longer_than_it_was_given()
    {
        await Fails(DbErrorKind.Timeout, async () =>
        {
            await using IQueryResults results = await Db.QueryAsync(new NativeQuery(EndlessQuery("timeout")) { Timeout = TimeSpan.FromSeconds(1) }, default);
            await (await results.NextAsync(default))!.ToArrayAsync();
        });

        await Db.PingAsync(default);
    }
}
