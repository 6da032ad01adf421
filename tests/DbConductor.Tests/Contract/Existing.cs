using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public async Task Values_of_the_databases_own_types_are_read_and_pass_into_a_table_like_theirs()
    {
        List<string> wrong = [];
        foreach ((string type, string literal, object expected) in NativeValues)
        {
            TableName from = NewName();
            TableName into = NewName();
            await SqlAsync(Words.CreateColumn(from, type));
            await SqlAsync(Words.CreateColumn(into, type));
            await SqlAsync(Words.InsertLiterals(from, literal, "null"));
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                AssertSame(expected, await OnlyValueAsync(from));
                await using RowReader rows = await Db.GetAsync(new BatchQuery(from) { OrderBy = [new("id")] }, default);
                Assert.Equal(2, (await Db.SaveAsync(into, rows, new(), default)).Rows);
                AssertSame(expected, await OnlyValueAsync(into));
                Assert.Equal(1, await Db.CountAsync(into, new NullFilter("v"), default));
            });
            if (error is not null)
            {
                wrong.Add($"{type} {literal}: {error.Message}");
            }
        }

        Assert.Empty(wrong);

        async Task<object> OnlyValueAsync(TableName table)
        {
            await using RowReader rows = await Db.GetAsync(new BatchQuery(table) { OrderBy = [new("id")] }, default);
            Assert.True(await rows.ReadAsync());
            return rows.GetValue(rows.GetOrdinal("v"));
        }
    }

    [SkippableFact]
    public async Task Values_that_no_portable_type_holds_are_refused_by_row_and_column()
    {
        List<string> wrong = [];
        foreach ((string type, string literal) in UnreadableValues)
        {
            TableName table = NewName();
            await SqlAsync(Words.CreateColumn(table, type));
            await SqlAsync(Words.InsertLiterals(table, "null", literal));
            Exception? error = await Record.ExceptionAsync(() => RowsOf(table));
            if (error is not DbConductorException { Kind: DbErrorKind.InvalidData, Row: 2, Column: "v" })
            {
                wrong.Add($"{type} {literal}: {error?.ToString() ?? "no error"}");
            }

            TableSchema schema = (await Db.DescribeAsync(table, default))!;
            if (schema.Columns[schema.IndexOf("v")].Limits.Exceeds.Count == 0)
            {
                wrong.Add($"{type}: a plan to copy it does not tell");
            }
        }

        Assert.Empty(wrong);
    }

    [SkippableFact]
    public async Task Null_as_a_JSON_value_is_null_wherever_it_goes()
    {
        SkipUnless(ClosedColumns, "null is null in documents");
        TableName source = NewName("source");
        TableName table = NewName();
        await SqlAsync(Words.CreateColumn(source, "json"));
        await SqlAsync(Words.InsertLiterals(source, "'null'", "null", "'{\"a\":null}'", "'7'", "' null '", "'\"null\"'"));

        await using (RowReader rows = await Db.GetAsync(new BatchQuery(source) { OrderBy = [new("id")] }, default))
        {
            for (int row = 1; await rows.ReadAsync(default); row++)
            {
                Assert.Equal(row is 1 or 2 or 5, rows.IsDBNull(1));
                Assert.Equal(rows.IsDBNull(1), rows.GetValue(1) is DBNull);
            }
        }

        await using RowReader all = await Db.GetAsync(new BatchQuery(source) { OrderBy = [new("id")] }, default);
        await Db.SaveAsync(table, all, new() { CreateTable = true }, default);
        Assert.Equal([null, null, """{"a":null}""", "7", null, "\"null\""], (await RowsOf(table)).Select(row => ((string?)row[1])?.Replace(" ", "", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task A_row_that_cannot_be_read_is_rejected_also_where_its_table_is_created()
    {
        SkipUnless(UnreadableValues.Any(), "every value can be read");
        SkipUnless(!OneConnection, "rows are read to their end before the first one is given out");
        (string type, string literal) = UnreadableValues.First();
        TableName source = NewName("source");
        TableName table = NewName();
        await SqlAsync(Words.CreateColumn(source, type));
        await SqlAsync(Words.InsertLiterals(source, "null", literal, "null"));
        CollectingSink sink = new();

        await using RowReader rows = await Db.GetAsync(new BatchQuery(source) { Columns = [new("id", "id"), new("v", "v")], OrderBy = [new("id")] }, default);
        SaveResult result = await Db.SaveAsync(table, rows, Rejecting(sink) with { CreateTable = true }, default);

        Assert.Equal((2L, 1L), (result.Rows, result.Rejected));
        Assert.Equal((2L, "v", DbErrorKind.InvalidData), (sink.Taken[0].Row, sink.Taken[0].Column, sink.Taken[0].Kind));
    }

    [SkippableFact]
    public async Task A_column_that_the_database_numbers_takes_values_or_gives_them()
    {
        SkipUnless(Defaults, "the database numbers no column");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id {IdentityColumn}, v varchar(10))");
        Assert.True((await Db.DescribeAsync(table, default))!.Columns[0].HasDefault);

        await SaveAsync(table, ["v string"], ["a"], ["b"]);
        await SaveAsync(table, ["id long", "v string"], [10L, "c"]);
        await SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, ["id long", "v string"], [10L, "C"], [20L, "d"]);

        Assert.Equal(["a", "b", "C", "d"], (await RowsOf(table)).Select(row => row[1]));
        Assert.Equal([10L, 20L], (await RowsOf(table)).Select(row => Convert.ToInt64(row[0], System.Globalization.CultureInfo.InvariantCulture)).Skip(2));
    }

    [SkippableFact]
    public async Task Keys_are_equal_as_their_column_compares()
    {
        SkipUnless(IgnoreCaseColumn is not null, "the database has no columns that compare without case");
        TableName table = NewName();
        await SqlAsync(Words.CreateIgnoreCase(table, IgnoreCaseColumn!));
        await SaveAsync(table, ["k string", "v int"], ["Ann", 1]);

        SaveResult result = await SaveAsync(
            table, Mode(SaveMode.Upsert), ["k string", "v int"], ["ANN", 2], ["bob", 3], ["BOB", 4], ["ann", 5]);

        Assert.Equal(2, result.Rows);
        Assert.Equal(2, result.Skipped);
        Assert.Equal([[5L], [4L]], Longs(await SqlAsync(Words.Select(table, ["v"], orderBy: "k"))));
        Assert.Equal(1, (await SaveAsync(table, Mode(SaveMode.SkipExisting), ["k string", "v int"], ["aNN", 9], ["carl", 6])).Rows);
        Assert.Equal(1, await Db.CountAsync(table, Filter.Equal("k", "ANN"), default));
        Assert.Equal(0, await Db.CountAsync(table, new CompareFilter("k", CompareOp.Equal, "ann", TextMatch.Exact), default));
        Assert.Equal(1, await Db.UpdateAsync(table, Spec.Rows(["k string", "v int"], ["CARL", 7]), ["k"], default));
        Assert.Equal(1, await Db.DeleteAsync(table, Spec.Rows(["k string"], ["CARL"]), ["k"], default));
        await SaveAsync(table, Mode(SaveMode.Overwrite), ["k string", "v int"], ["ANN", 1], ["ann", 2]);
        Assert.Equal([[2L]], Longs(await SqlAsync(Words.Select(table, ["v"]))));
    }
}
