using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    public static TheoryData<string> OddNames =>
    [
        "order", "select", "User", "MiXeD case", " blanks around ", "sing'le", "dou\"ble", "\"", "back`tick", "br[ack]et", "back\\slash", "per%cent_under",
        "semi;colon", "dash--dash", "/*comment*/", "@p0", ":name", "$1", "{0}", "?", "a.b", "tab\tnew\nline", "\u540d\u524d", "na\u00efve", "\U0001F642",
        "rowid", "oid", "xmin", "adapter", "mode", "x\"; drop table victims; --", "x') ; drop table victims; --", "1", "", "null",
    ];

    [SkippableTheory]
    [MemberData(nameof(OddNames))]
    public async Task A_column_may_have_any_name(string name)
    {
        if (ImpossibleNames.Contains(name))
        {
            await Fails(DbErrorKind.InvalidArgument, () => Db.CreateAsync(NewName(), Spec.Table(["id int", name + " int"]), default));
            return;
        }

        if (name.Length == 0 || name is "xmin")
        {
            // some databases have no such columns: then that is said, and nothing else happens
            TableName refused = NewName();
            Exception? refusal = await Record.ExceptionAsync(() => Db.CreateAsync(refused, Spec.Table(["id int", name + " int"]), default));
            if (refusal is not null)
            {
                Assert.IsAssignableFrom<DbConductorException>(refusal);
                Assert.Null(await Db.DescribeAsync(refused, default));
                return;
            }
        }

        TableName victims = await CreateVictimsAsync();
        TableName table = NewName();
        string[] columns = ["id int!", name + " string"];
        SaveOptions options = new() { CreateTable = true, Key = ["id"] };

        await SaveAsync(table, options, columns, [1, "a"], [2, "b"], [3, null]);
        Assert.Equal(["id", name], (await Db.DescribeAsync(table, default))!.Columns.Select(c => c.Name));
        await SaveAsync(table, options with { Mode = SaveMode.Upsert }, columns, [2, "B"]);
        await SaveAsync(table, new SaveOptions { Mode = SaveMode.SkipExisting, Key = KeysNeedNoIndex ? [name] : [] }, columns, KeysNeedNoIndex ? [9, "a"] : [2, "x"], [4, "d"]);
        Assert.Equal([[1, "a"], [2, "B"], [3, null], [4, "d"]], await RowsOf(table));
        Assert.Equal([[2, "B"]], await RowsOf(table, name, new LikeFilter(name, new WildcardText("B"))));
        Assert.Equal(1, await Db.CountAsync(table, new CompareFilter(name, CompareOp.Equal, "A", TextMatch.IgnoreCase), default));
        Assert.Equal(
            [["a"]],
            await RowsOf(Db, new BatchQuery(table) { Columns = [new(name, name + name)], Where = Filter.Equal(name, "a"), OrderBy = [new(name)] }));
        Assert.Equal(1, await Db.UpdateAsync(table, Filter.Equal(name, "a"), new Dictionary<string, object?> { [name] = "A" }, default));
        Assert.Equal(1, await Db.UpdateAsync(table, Spec.Rows([name + " string", "id int"], ["A", 10]), [name], default));
        Assert.Equal(1, await Db.DeleteAsync(table, Spec.Rows([name + " string"], ["A"]), [name], default));
        await SaveAsync(table, new SaveOptions { Mode = SaveMode.Overwrite }, columns, [2, "last"]);
        Assert.Equal([[2, "last"]], await RowsOf(table));
        Assert.Equal([[1]], await RowsOf(victims));
    }

    [SkippableTheory]
    [MemberData(nameof(OddNames))]
    public async Task A_table_may_have_any_name(string name)
    {
        Skip.If(name.Length == 0, "a table's name cannot be empty");
        TableName victims = await CreateVictimsAsync();

        // the number keeps the tests apart, and the name within the length that servers take
        TableName table = new(null, name + " " + NewName().Name);
        SaveOptions options = new() { CreateTable = true, Key = ["id"] };
        if (ImpossibleTableNames.Contains(name) && !name.EndsWith(' '))
        {
            await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, options, Pair, [1, "a"]));
            return;
        }

        await SaveAsync(table, options, Pair, [1, "a"], [2, "b"]);
        await Fails(DbErrorKind.AlreadyExists, () => Db.CreateAsync(table, Spec.Table(Pair), default));
        foreach (SaveMode mode in new[] { SaveMode.Upsert, SaveMode.SkipExisting, SaveMode.Overwrite })
        {
            await SaveAsync(table, options with { Mode = mode }, Pair, [2, "b"], [3, "c"]);
        }

        Assert.Equal([[2, "b"], [3, "c"]], await RowsOf(table));
        Assert.Equal(1, await Db.UpdateAsync(table, Spec.Rows(Pair, [2, "B"]), ["id"], default));
        Assert.Equal(1, await Db.DeleteAsync(table, Filter.Equal("v", "B"), default));
        Assert.Equal(1, await Db.CountAsync(table, null, default));
        DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, () => RowsOf(table, "nope"));
        Assert.Contains(TableName.Parse(table.ToString()).Name, error.Target!.Replace("\"\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal([[1]], await RowsOf(victims));
    }

    [SkippableFact]
    public async Task A_value_is_never_part_of_the_query()
    {
        TableName table = await CreateAsync(Pair, "id");
        string[] attacks = ["'; delete from victims; --", "' or '1'='1", "\\'; --", "%' or 1=1 --", "@p0", "$1", ":v", "{0}", "\"", "x\"); --", "\\", "\\\\"];
        await Db.SaveAsync(table, Spec.Stream(Pair, attacks.Length, i => [i, attacks[i - 1]]), new(), default);

        for (int i = 0; i < attacks.Length; i++)
        {
            Assert.Equal([[i + 1, attacks[i]]], await RowsOf(table, "id", Filter.Equal("v", attacks[i])));
            Assert.Equal([[i + 1, attacks[i]]], await RowsOf(table, "id", new InFilter("v", [attacks[i]], Match: TextMatch.IgnoreCase)));
            Assert.Equal([[i + 1, attacks[i]]], await RowsOf(table, "id", new LikeFilter("v", new WildcardText(attacks[i]), Match: TextMatch.Exact)));
            Assert.Equal([[(object?)(i + 1), attacks[i]]], await SqlAsync(Db, Words.Select(table, ["id", "v"], where: "v"), new() { ["value"] = attacks[i] }));
        }
    }

    [SkippableFact]
    public async Task A_name_with_a_NUL_character_is_refused()
    {
        TableName table = await CreateAsync(Pair, "id");

        await Fails(DbErrorKind.InvalidArgument, () => Db.CreateAsync(NewName(), Spec.Table(["a\0b int"]), default));
        await Fails(DbErrorKind.InvalidArgument, () => Db.CreateAsync(new(null, "a\0b"), Spec.Table(["a int"]), default));
        await Fails(DbErrorKind.ColumnNotFound, () => RowsOf(table, "id\0"));
    }

    [SkippableFact]
    public async Task Columns_that_differ_by_case_alone_are_told_apart()
    {
        TableName table = NewName();
        TableSchema schema = Spec.Table(["id int!", "name string", "Name string"], "id");
        if (!CaseDistinctColumns)
        {
            await Fails(DbErrorKind.InvalidArgument, () => Db.CreateAsync(table, schema, default));
            Assert.Null(await Db.DescribeAsync(table, default));
            return;
        }

        await Db.CreateAsync(table, schema, default);
        await SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, ["Name string", "name string", "ID int"], ["upper", "lower", 1]);

        Assert.Equal([[1, "lower", "upper"]], await RowsOf(table));
        Assert.Equal(1, await Db.CountAsync(table, Filter.Equal("Name", "upper"), default));
        Assert.Equal(0, await Db.CountAsync(table, Filter.Equal("name", "upper"), default));
        await Fails(DbErrorKind.ColumnNotFound, () => Db.CountAsync(table, Filter.Equal("NAME", "upper"), default));
    }

    [SkippableFact]
    public async Task Two_properties_for_one_column_are_refused()
    {
        TableName table = await CreateAsync(Pair, "id");

        DbConductorException error = await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, ["id int", "v string", "V string"], [1, "a", "b"]));

        Assert.Equal("v", error.Column);
        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task Names_as_long_as_they_may_be_and_longer()
    {
        string fits = "n" + new string('x', 60);
        TableName table = new(null, NewName().Name + new string('t', 40));
        SaveOptions options = new() { CreateTable = true, Key = [fits], Mode = SaveMode.Upsert };
        await SaveAsync(table, options, [fits + " int", "v string"], [1, "a"]);
        await SaveAsync(table, options, [fits + " int", "v string"], [1, "b"]);
        Assert.Equal([[1, "b"]], await RowsOf(table, fits));

        // a server that cuts names would make one of two columns, or another table than the one asked for
        TableName longer = new(null, NewName().Name + new string('t', 70));
        string one = new string('c', 70) + "1";
        string two = new string('c', 70) + "2";
        Exception? refusal = await Record.ExceptionAsync(() => SaveAsync(longer, options with { Key = [one] }, [one + " int", two + " string"], [1, "a"]));
        if (refusal is null)
        {
            Assert.Equal([[1, "a"]], await RowsOf(longer, one));
        }
        else
        {
            Assert.Equal(DbErrorKind.InvalidArgument, Assert.IsAssignableFrom<DbConductorException>(refusal).Kind);
            Assert.DoesNotContain(await TablesAsync(), t => t.Name.StartsWith(longer.Name[..40], StringComparison.Ordinal));
        }
    }

    private async Task<List<TableName>> TablesAsync()
    {
        List<TableName> tables = [];
        await foreach (TableName table in Db.ListAsync(default))
        {
            tables.Add(table);
        }

        return tables;
    }

    /// <summary>The table that the odd names try to drop.</summary>
    private async Task<TableName> CreateVictimsAsync()
    {
        TableName victims = new(null, "victims");
        if (await Db.DescribeAsync(victims, default) is null)
        {
            await Db.CreateAsync(victims, Spec.Table(["id int"]), default);
            await SaveAsync(victims, ["id int"], [1]);
        }

        return victims;
    }

    [SkippableFact]
    public async Task A_column_named_as_a_temporary_table_numbers_its_rows_is_data()
    {
        string[] columns = ["id int!", "dbconductor_row int"];
        TableName table = await CreateAsync(columns, ["id"], [1, 10], [2, 20]);

        await SaveAsync(table, Mode(SaveMode.Upsert), columns, [2, 21], [3, 30]);
        await Db.UpdateAsync(table, Spec.Rows(columns, [1, 11]), [], default);

        Assert.Equal([[1, 11], [2, 21], [3, 30]], await RowsOf(table));
    }
}
