using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private static readonly string[] EveryType =
    [
        "a bool", "b short", "c int", "d long!", "e decimal", "f decimal(18,4)", "g float", "h double", "i string", "j string(50)!",
        "k binary", "l date", "m time", "n datetime", "o datetimeoffset", "p timespan", "q guid", "r json",
    ];

    [SkippableFact]
    public async Task A_table_is_described_as_it_was_created()
    {
        TableName table = await CreateAsync(EveryType, "j", "d");

        TableSchema schema = (await Db.DescribeAsync(table, default))!;

        TableSchema wanted = Spec.Table(EveryType, "j", "d");
        Assert.Equal(wanted.Columns.Select(c => c.Name), schema.Columns.Select(c => c.Name));
        Assert.Equal(wanted.Columns.Select(c => c.Type.Kind), schema.Columns.Select(c => c.Type.Kind));
        Assert.Equal(wanted.Columns.Select(c => c.Nullable), schema.Columns.Select(c => c.Nullable));
        Assert.Equal(["j", "d"], schema.Key);
        Assert.Equal(new PortableType(PortableKind.Decimal, null, 18, 4), schema.Columns[5].Type);
        Assert.Equal(new PortableType(PortableKind.String, 50), schema.Columns[9].Type);
        Assert.All(schema.Columns, c => Assert.False(string.IsNullOrEmpty(c.NativeType)));
        Assert.All(schema.Columns, c => Assert.False(c.HasDefault || c.IsGenerated));
    }

    [SkippableFact]
    public async Task A_tables_defaults_and_computed_columns_are_described()
    {
        SkipUnless(Defaults, "the database has no defaults and computes no columns");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, state varchar(10) default 'new', twice int generated always as (id * 2) stored)");

        TableSchema schema = (await Db.DescribeAsync(table, default))!;

        Assert.Equal([false, true, false], schema.Columns.Select(c => c.HasDefault));
        Assert.Equal([false, false, true], schema.Columns.Select(c => c.IsGenerated));
        Assert.Equal(["id"], schema.Key);
    }

    [SkippableFact]
    public async Task A_table_that_is_there_cannot_be_created_again()
    {
        TableName table = await CreateAsync(["id int"], [], [1]);

        await Fails(DbErrorKind.AlreadyExists, () => Db.CreateAsync(table, Spec.Table(["other int"]), default));

        Assert.Equal([[1]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_key_is_kept_unique_and_not_null()
    {
        TableName table = await CreateAsync(["a int", "b string", "v int"], "a", "b");
        await SaveAsync(table, ["a int", "b string"], [1, "x"], [1, "y"]);

        await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, ["a int", "b string"], [1, "x"]));
        DbConductorException error = await Fails(DbErrorKind.Constraint, () => SaveAsync(table, ["a int", "b string"], [2, null]));
        Assert.Equal(1, error.Row);
        Assert.Equal("b", error.Column);
    }

    [SkippableFact]
    public async Task A_missing_table_is_created_where_that_was_asked_for()
    {
        TableName table = NewName();
        SaveOptions options = new()
        {
            CreateTable = true,
            Key = ["ID"],
            ColumnTypes = new Dictionary<string, PortableType> { ["id"] = PortableType.Parse("int"), ["amount"] = PortableType.Parse("decimal(18,4)") },
        };

        SaveResult result = await SaveAsync(table, options, ["id string", "amount string", "at date"], ["1", "1.25", new DateOnly(2024, 1, 1)], ["2", "", null]);

        Assert.True(result.Created);
        Assert.Equal(2, result.Rows);
        TableSchema schema = (await Db.DescribeAsync(table, default))!;
        Assert.Equal([PortableKind.Int32, PortableKind.Decimal, PortableKind.Date], schema.Columns.Select(c => c.Type.Kind));
        Assert.Equal(["id"], schema.Key);
        Assert.Equal([[1, 1.25m, new DateOnly(2024, 1, 1)], [2, null, null]], await RowsOf(table));

        result = await SaveAsync(table, options with { Mode = SaveMode.Upsert }, ["id string", "amount string"], ["2", "9"]);
        Assert.False(result.Created);
        Assert.Equal([[1, 1.25m, new DateOnly(2024, 1, 1)], [2, 9m, null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_created_table_takes_its_types_from_the_values()
    {
        SkipUnless(ClosedColumns, "values whose type was not said keep their own, which may differ from row to row");
        TableName table = NewName();

        await SaveAsync(
            table, new SaveOptions { CreateTable = true }, ["id object", "n object", "mixed object"],
            [1, 1.5m, "a"], [2L, 2, new DateOnly(2024, 1, 1)], [3, null, null]);

        TableSchema schema = (await Db.DescribeAsync(table, default))!;
        Assert.Equal([PortableKind.Int64, PortableKind.Decimal, PortableKind.String], schema.Columns.Select(c => c.Type.Kind));
        Assert.Equal([[1L, 1.5m, "a"], [2L, 2m, "2024-01-01"], [3L, null, null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_write_that_fails_leaves_no_table_behind_or_names_it()
    {
        TableName table = NewName();
        SaveOptions options = new() { CreateTable = true, ColumnTypes = new Dictionary<string, PortableType> { ["id"] = PortableType.Parse("int") } };

        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => SaveAsync(table, options, ["id string"], ["1"], ["x"]));

        if (Db.Info.TransactionalDdl)
        {
            Assert.Null(await Db.DescribeAsync(table, default));
        }
        else
        {
            Assert.Contains($"'{table}', which was created for this call, stays, empty", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, await Db.CountAsync(table, null, default));
        }
    }

    [SkippableFact]
    public async Task Tables_are_listed_without_the_databases_own()
    {
        TableName one = await CreateAsync(["id int"]);
        TableName two = new(null, NewName().Name + " \"odd\" \u540d");
        await Db.CreateAsync(two, Spec.Table(["id int"]), default);

        List<TableName> tables = [];
        await foreach (TableName table in Db.ListAsync(default))
        {
            tables.Add(table);
        }

        Assert.Contains(tables, t => t.Name == one.Name);
        Assert.Contains(tables, t => t.Name == two.Name);
        Assert.DoesNotContain(tables, t => t.Schema is "pg_catalog" or "information_schema" || t.Name.StartsWith("sqlite_", StringComparison.Ordinal));
        Assert.NotNull(await Db.DescribeAsync(tables.Single(t => t.Name == two.Name), default));
    }

    [SkippableFact]
    public async Task A_table_in_another_schema()
    {
        SkipUnless(OtherSchema is not null, "the database has no other schema to write to");
        TableName here = await CreateAsync(["id int"], [], [1]);
        TableName there = here with { Schema = OtherSchema };
        Assert.Null(await Db.DescribeAsync(there, default));

        await SaveAsync(there, new SaveOptions { CreateTable = true, Key = ["id"], Mode = SaveMode.Upsert }, ["id int", "v string"], [2, "x"]);

        Assert.Equal([[2, "x"]], await RowsOf(there));
        Assert.Equal([[1]], await RowsOf(here));
        Assert.Equal(1, await Db.UpdateAsync(there, Spec.Rows(["id int", "v string"], [2, "y"]), ["id"], default));
        Assert.Equal(1, await Db.DeleteAsync(there, Spec.Rows(["id int"], [2]), ["id"], default));
        List<TableName> tables = [];
        await foreach (TableName table in Db.ListAsync(default))
        {
            tables.Add(table);
        }

        Assert.Contains(there, tables);
        await Fails(DbErrorKind.NotFound, () => RowsOf(here with { Schema = "no such schema" }));
    }
}
