using System.Diagnostics;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private Task<TableName> CreateFiveAsync() => CreateAsync(
        ["id int!", "grp string", "v int"], ["id"], [3, "b", 30], [1, "a", 10], [5, "b", 50], [2, "a", 20], [4, "b", 30]);

    private async Task<IEnumerable<int>> IdsOf(BatchQuery query) => (await RowsOf(Db, query)).Select(row => (int)row[0]!).ToList();

    [SkippableFact]
    public async Task Order_skip_and_first()
    {
        TableName table = await CreateFiveAsync();
        BatchQuery byId = new(table) { OrderBy = [new("id")] };

        Assert.Equal([1, 2, 3, 4, 5], await IdsOf(byId));
        Assert.Equal([5, 4, 3, 2, 1], await IdsOf(new(table) { OrderBy = [new("ID", Descending: true)] }));
        Assert.Equal([5, 4, 3, 2, 1], await IdsOf(new(table) { OrderBy = [new("grp", true), new("v", true), new("id", true)] }));
        Assert.Equal([5, 3, 4, 2, 1], await IdsOf(new(table) { OrderBy = [new("v", true), new("id")] }));
        Assert.Equal([1, 2], await IdsOf(byId with { First = 2 }));
        Assert.Equal([3, 4], await IdsOf(byId with { Skip = 2, First = 2 }));
        Assert.Equal([4, 5], await IdsOf(byId with { Skip = 3 }));
        Assert.Equal([], await IdsOf(byId with { First = 0 }));
        Assert.Equal([], await IdsOf(byId with { Skip = 5 }));
        Assert.Equal([4, 5], await IdsOf(byId with { Skip = 1, First = 5, Where = new CompareFilter("id", CompareOp.Greater, 2) }));
        Assert.Equal(2, (await IdsOf(new(table) { First = 2 })).Count());
    }

    [SkippableFact]
    public async Task Chosen_columns_come_in_order_and_by_their_new_names()
    {
        TableName table = await CreateFiveAsync();

        await using RowReader rows = await Db.GetAsync(
            new BatchQuery(table)
            {
                Columns = [new("V", "amount"), new("grp", "id"), new("id", "grp"), new("v", "again")],
                Where = Filter.Equal("id", 5),
                OrderBy = [new("id")],
            },
            default);

        Assert.Equal(["amount", "id", "grp", "again"], rows.Columns.Select(c => c.Name));
        Assert.Equal([PortableKind.Int32, PortableKind.String, PortableKind.Int32, PortableKind.Int32], rows.Columns.Select(c => c.Type.Kind));
        Assert.Equal([[50, "b", 5, 50]], await rows.ToArrayAsync());
    }

    [SkippableFact]
    public async Task An_order_by_a_column_that_is_not_chosen()
    {
        TableName table = await CreateFiveAsync();

        Assert.Equal(
            [[50], [30], [30], [20], [10]],
            await RowsOf(Db, new BatchQuery(table) { Columns = [new("v", "v")], OrderBy = [new("grp", true), new("v", true)] }));
    }

    [SkippableFact]
    public async Task A_new_name_of_a_column_does_not_change_what_order_and_filter_mean()
    {
        TableName table = await CreateFiveAsync();

        Assert.Equal(
            [[10, 1], [20, 2]],
            await RowsOf(Db, new BatchQuery(table)
            {
                Columns = [new("v", "id"), new("id", "v")],
                Where = new CompareFilter("v", CompareOp.Less, 30),
                OrderBy = [new("id")],
            }));
    }

    [SkippableFact]
    public async Task A_column_that_is_not_there_is_named_with_those_that_are()
    {
        TableName table = await CreateFiveAsync();
        foreach (BatchQuery query in new BatchQuery[] { new(table) { Columns = [new("nope", "x")] }, new(table) { OrderBy = [new("nope")] } })
        {
            DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, () => RowsOf(Db, query));
            Assert.Equal("nope", error.Column);
            Assert.Contains("grp", error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_reader_tells_its_columns_before_the_first_row()
    {
        TableName table = await CreateAsync(["id int!", "amount decimal(18,4)"], "id");

        await using RowReader rows = await Db.GetAsync(new BatchQuery(table), default);

        Assert.Equal(2, rows.FieldCount);
        Assert.Equal("amount", rows.GetName(1));
        Assert.Equal(1, rows.GetOrdinal("AMOUNT"));
        Assert.Equal(typeof(decimal), rows.GetFieldType(1));
        Assert.False(await rows.ReadAsync());
        Assert.False(await rows.NextResultAsync());
    }

    [SkippableFact]
    public async Task Several_readers_are_open_at_once()
    {
        TableName table = await CreateFiveAsync();
        BatchQuery query = new(table) { OrderBy = [new("id")] };

        await using RowReader one = await Db.GetAsync(query, default);
        await using RowReader two = await Db.GetAsync(query, default);
        for (int i = 1; i <= 5; i++)
        {
            Assert.True(await one.ReadAsync());
            Assert.True(await two.ReadAsync());
            Assert.Equal(i, one.GetInt32(0));
            Assert.Equal(i, two.GetInt32(0));
        }

        Assert.False(await one.ReadAsync());
        Assert.False(await two.ReadAsync());
    }

    [SkippableFact]
    public async Task The_synchronous_calls_give_the_same_rows()
    {
        TableName table = await CreateFiveAsync();

        await using RowReader rows = await Db.GetAsync(new BatchQuery(table) { OrderBy = [new("id")] }, default);
        List<int> ids = [];
        while (rows.Read())
        {
            ids.Add((int)rows["id"]);
        }

        Assert.Equal([1, 2, 3, 4, 5], ids);
        Assert.False(rows.NextResult());
    }

    [SkippableFact]
    public async Task A_view_is_read_like_a_table()
    {
        TableName table = await CreateFiveAsync();
        TableName view = NewName("view");
        await SqlAsync(Words.CreateView(view, table));

        Assert.Equal([[1, 20L], [2, 40L]], (await RowsOf(view)).Select(row => new object?[] { row[0], Convert.ToInt64(row[1]) }));
        Assert.Equal(1, await Db.CountAsync(view, new CompareFilter("twice", CompareOp.Greater, 20), default));
    }

    [SkippableFact]
    public async Task A_reader_that_is_left_early_lets_go_at_once()
    {
        SkipUnless(!OneConnection, "rows are set aside before they are given out, so that the only connection is free");

        SkipUnless(SpeaksSql, "no command gives rows without end, each as soon as it is made");

        // a thousand million rows: whoever reads them to their end takes many minutes
        TableName view = NewName("endless");
        await SqlAsync($"create view {view.Name} as {ManyRows}");
        foreach (int count in new[] { 1, 10_000 })
        {
            RowReader rows = await Db.GetAsync(new BatchQuery(view), default);
            for (int i = 0; i < count; i++)
            {
                Assert.True(await rows.ReadAsync());
            }

            Stopwatch watch = Stopwatch.StartNew();
            await rows.DisposeAsync();
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
        }

        IQueryResults results = await Db.QueryAsync(new NativeQuery($"select i from {view.Name}; select 1"), default);
        Assert.True(await (await results.NextAsync(default))!.ReadAsync());
        Stopwatch again = Stopwatch.StartNew();
        await results.DisposeAsync();
        Assert.True(again.Elapsed < TimeSpan.FromSeconds(30), $"{again.Elapsed}");
        await Db.PingAsync(default);
    }
}
