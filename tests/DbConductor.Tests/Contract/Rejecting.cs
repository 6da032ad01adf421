using System.Text.Json.Nodes;
using Xunit;

namespace DbConductor.Tests.Contract;

// a bad row among many goes where rejects go, and the others land
public abstract partial class ContractTests
{
    private static readonly string[] Loose = ["id object", "v object"];

    private protected static SaveOptions Rejecting(CollectingSink sink, TableName? into = null, long maximum = 1000, SaveMode mode = SaveMode.Insert) =>
        new() { Mode = mode, Reject = new() { Sink = sink, Into = into, Maximum = maximum } };

    [SkippableFact]
    public async Task A_row_that_cannot_be_converted_is_rejected_and_the_others_land()
    {
        SkipUnless(FixedTypes, "every value fits");
        TableName table = await CreateAsync(["id int!", "n int"], "id");
        TableName rejects = NewName("rejects");
        CollectingSink sink = new();

        SaveResult result = await SaveAsync(table, Rejecting(sink, rejects), ["id object", "n object"], [1, 10], [2, "ten"], ["three", 30], [4, "40"]);

        Assert.Equal((2L, 2L, SaveStatus.Saved), (result.Rows, result.Rejected, result.Status));
        Assert.Equal([[1, 10], [4, 40]], await RowsOf(table));
        Assert.Equal([(2L, "n"), (3L, "id")], sink.Taken.Select(r => (r.Row, r.Column!)));
        Assert.All(sink.Taken, r => Assert.Equal((DbErrorKind.InvalidData, table.ToString()), (r.Kind, r.Target)));
        Assert.All(sink.Taken, r => Assert.DoesNotContain("ten", r.Message, StringComparison.Ordinal));
        AssertJson("""{"id":2,"n":"ten"}""", sink.Taken[0].Data);
        Assert.Equal(2, sink.Final);
        Assert.Equal(sink.Taken.OrderBy(r => r.Row), (await RejectsOf(rejects)).OrderBy(r => r.Row));
    }

    [SkippableTheory]
    [InlineData(SaveMode.Insert, false)]
    [InlineData(SaveMode.Upsert, false)]
    [InlineData(SaveMode.SkipExisting, false)]
    [InlineData(SaveMode.Overwrite, false)]
    [InlineData(SaveMode.Insert, true)]
    [InlineData(SaveMode.Upsert, true)]
    public async Task Rows_that_the_database_refuses_are_found_among_many(SaveMode mode, bool inTransaction)
    {
        TableName table = await CreateCheckedAsync();
        await SaveAsync(table, Pair, [5, "old"]);
        int[] bad = [1, 77, 78, 1999, 2000];
        CollectingSink sink = new();
        RowReader Rows() => Spec.Stream(Pair, 2000, i => [10 + i, bad.Contains(i) ? "bad" : "good " + i]);

        SaveResult result;
        if (inTransaction)
        {
            SkipUnless(Db.Info.Savepoints, "the database has no savepoints");
            await using IDbTransaction transaction = await BeginAsync();
            result = await transaction.SaveAsync(table, Rows(), Rejecting(sink, mode: mode), default);
            Assert.Null(transaction.DoomedBy);
            await transaction.CommitAsync(default);
        }
        else
        {
            result = await Db.SaveAsync(table, Rows(), Rejecting(sink, mode: mode), default);
        }

        Assert.Equal((1995L, 5L), (result.Rows, result.Rejected));
        Assert.Equal(bad, sink.Taken.Select(r => (int)r.Row).Order());
        Assert.All(sink.Taken, r => Assert.Equal(DbErrorKind.Constraint, r.Kind));
        AssertJson("""{"id":87,"v":"bad"}""", sink.Taken.Single(r => r.Row == 77).Data);
        Assert.Equal(mode == SaveMode.Overwrite ? 1995 : 1996, await Db.CountAsync(table, null, default));
        Assert.Equal(inTransaction ? 0 : 5, sink.Final);
    }

    [SkippableFact]
    public async Task A_key_that_is_taken_is_rejected_also_where_another_row_of_the_input_took_it()
    {
        TableName table = await CreateAsync(Pair, ["id"], [3, "old"]);
        CollectingSink sink = new();

        SaveResult result = await SaveAsync(table, Rejecting(sink), Pair, [1, "a"], [2, "b"], [3, "c"], [1, "again"], [4, "d"]);

        Assert.Equal((3L, 2L), (result.Rows, result.Rejected));
        Assert.Equal([(3L, DbErrorKind.DuplicateKey), (4L, DbErrorKind.DuplicateKey)], sink.Taken.OrderBy(r => r.Row).Select(r => (r.Row, r.Kind)));
        Assert.Equal([[1, "a"], [2, "b"], [3, "old"], [4, "d"]], await RowsOf(table));
    }

    /// <summary>Makes a trigger that refuses rows whose <c>v</c> is "bad"; null where the database has no triggers.</summary>
    protected virtual string? RefuseByTrigger(TableName table) => null;

    [SkippableTheory]
    [InlineData(SaveMode.Insert)]
    [InlineData(SaveMode.Upsert)]
    public async Task A_row_that_a_trigger_refuses_is_named_and_rejected(SaveMode mode)
    {
        TableName table = await CreateAsync(Pair, "id");
        SkipUnless(RefuseByTrigger(table) is not null, "the database has no triggers");
        await SqlAsync(RefuseByTrigger(table)!);
        object?[][] rows = [[1, "a"], [2, "bad"], [3, "c"]];
        CollectingSink sink = new();

        DbConductorException error = await Fails(DbErrorKind.Constraint, () => SaveAsync(table, new() { Mode = mode }, Pair, rows));
        Assert.Equal(2, error.Row);
        Assert.Contains("no bad ones", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await SaveAsync(table, Rejecting(sink, mode: mode), Pair, rows)).Rows);

        Assert.Equal(2, Assert.Single(sink.Taken).Row);
        Assert.Equal([[1, "a"], [3, "c"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_null_in_the_key_of_an_upsert_is_rejected()
    {
        TableName table = await CreateAsync(Pair, "id");
        CollectingSink sink = new();

        SaveResult result = await SaveAsync(table, Rejecting(sink, mode: SaveMode.Upsert), ["id int", "v string"], [1, "a"], [null, "b"], [1, "c"]);

        Assert.Equal((1L, 1L, 1L), (result.Rows, result.Skipped, result.Rejected));
        Assert.Equal([[1, "c"]], await RowsOf(table));
        Assert.Equal(2, Assert.Single(sink.Taken).Row);
    }

    [SkippableFact]
    public async Task One_reject_too_many_fails_the_call_as_a_whole()
    {
        TableName table = await CreateAsync(Pair, "id");
        TableName rejects = NewName("rejects");
        CollectingSink sink = new();

        DbConductorException error = await Fails(
            DbErrorKind.TooManyRejects, () => SaveAsync(table, Rejecting(sink, rejects, maximum: 2), Pair, [1, "a"], [1, "b"], [1, "c"], [1, "d"], [2, "e"]));

        Assert.Contains("-MaxReject", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Db.CountAsync(table, null, default));
        Assert.Equal(0, sink.Final);
        Assert.Equal(0, await Db.CountAsync(rejects, null, default));
        Assert.Equal(2, (await SaveAsync(table, Rejecting(sink, rejects, maximum: 2), Pair, [1, "a"], [1, "b"], [1, "c"])).Rejected);
    }

    [SkippableFact]
    public async Task What_is_no_rows_fault_ends_the_call()
    {
        TableName table = await CreateAsync(Pair, "id");
        CollectingSink sink = new();

        await Fails(DbErrorKind.NotFound, () => SaveAsync(NewName(), Rejecting(sink), Pair, [1, "a"]));
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(table, Breaking(10, 5), Rejecting(sink), default));
        using CancellationTokenSource cancel = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Db.SaveAsync(
            table, Spec.Stream(Pair, 100_000, i => { if (i == 60_000) { cancel.Cancel(); } return [i, "x"]; }), Rejecting(sink), cancel.Token));

        Assert.Empty(sink.Taken);
        Assert.Equal(0, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Rejects_are_part_of_the_transaction()
    {
        SkipUnless(Db.Info.Savepoints, "the database has no savepoints");
        TableName table = await CreateAsync(Pair, "id");
        TableName rejects = NewName("rejects");
        await using (IDbTransaction transaction = await BeginAsync())
        {
            SaveResult result = await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"], [1, "b"], [2, "c"]), Rejecting(new(), rejects), default);
            Assert.Equal((2L, 1L), (result.Rows, result.Rejected));
            await transaction.RollbackAsync(default);
        }

        Assert.Equal(0, await Db.CountAsync(table, null, default));
        Assert.Empty(await Db.DescribeAsync(rejects, default) is null ? [] : await RejectsOf(rejects));
    }

    [SkippableFact]
    public async Task Rejects_of_commits_that_stay_stay()
    {
        SkipUnless(!OneConnection, "the input is read to its end before the first row is written");
        TableName table = await CreateAsync(Pair, "id");
        TableName rejects = NewName("rejects");
        CollectingSink sink = new();

        // in every ten one comes twice; the 35th row breaks the call off
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(
            table,
            Spec.Stream(Pair, 100, i => i == 35 ? throw new InvalidOperationException("broken") : [i % 10 == 0 ? i - 1 : i, "x"]),
            Rejecting(sink, rejects) with { CommitEvery = 10 },
            default));

        Assert.Equal(3, sink.Final);
        Assert.Equal([10L, 20L, 30L], (await RejectsOf(rejects)).Select(r => r.Row).Order());
        Assert.Equal(27, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_batch_with_rejects_is_a_batch_and_goes_on_where_it_broke_off()
    {
        TableName table = await CreateAsync(["id int!", "v string(20)"], "id");
        TableName rejects = NewName("rejects");
        SaveOptions options = Rejecting(new(), rejects) with { BatchId = "one", CommitEvery = 10 };
        // the 5th row repeats a key, the 15th has text for a number, the 25th lacks the key
        RowReader Rows(int? breakAt) => Spec.Stream(
            Loose, 30, i => i == breakAt ? throw new InvalidOperationException("broken") : [i switch { 5 => 4, 15 => FixedTypes ? "no" : 14, 25 => 24, _ => i }, "x"]);
        await Assert.ThrowsAnyAsync<Exception>(() => Db.SaveAsync(table, Rows(27), options, default));

        SaveResult rest = await Db.SaveAsync(table, Rows(null), options, default);
        SaveResult again = await Db.SaveAsync(table, Rows(null), options, default);

        int there = OneConnection ? 0 : 18;
        Assert.Equal((SaveStatus.Saved, 27L - there, (long)there), (rest.Status, rest.Rows, rest.Replayed));
        Assert.Equal((SaveStatus.Replayed, 0L, 27L, 0L), (again.Status, again.Rows, again.Replayed, again.Rejected));
        Assert.Equal(27, await Db.CountAsync(table, null, default));
        List<Reject> kept = await RejectsOf(rejects);
        Assert.Equal([5L, 15L, 25L], kept.Select(r => r.Row).Order());
        Assert.All(kept, r => Assert.Equal("one", r.BatchId));
    }

    [SkippableFact]
    public async Task Rows_that_lack_columns_with_a_default_get_it_and_are_rejected_like_others()
    {
        SkipUnless(Defaults, "columns have no defaults");
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, v varchar(20) default 'd' check (v <> 'bad'))");
        CollectingSink sink = new();
        RowReader rows = Uneven();

        SaveResult result = await Db.SaveAsync(table, rows, Rejecting(sink), default);

        Assert.Equal((3L, 2L), (result.Rows, result.Rejected));
        Assert.Equal(["1 a", "2 d", "5 d"], (await RowsOf(table)).Select(r => string.Join(' ', r)));
        Assert.Equal([3L, 4L], sink.Taken.Select(r => r.Row).Order());
        AssertJson("""{"id":2}""", sink.Taken.Single(r => r.Row == 4).Data);
    }

    [SkippableFact]
    public async Task A_table_of_rejects_that_is_another_table_is_refused()
    {
        TableName table = await CreateAsync(Pair, "id");
        TableName other = await CreateAsync(["n int"], []);

        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, Rejecting(new(), table), Pair, [1, "a"]));
        SkipUnless(FixedTypes, "every collection takes every document");
        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, Rejecting(new(), other), Pair, [1, "a"]));

        Assert.Equal(0, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Values_of_every_type_are_the_same_after_they_were_rejected_and_read_back()
    {
        SkipUnless(FixedTypes, "what cannot be converted is what is rejected here");
        string[] columns = ["id int!", "b bool", "d decimal(20,5)", "f double", "s string", "x binary", "day date", "t time", "at datetime", "off datetimeoffset", "g guid", "j json"];
        TableName table = await CreateAsync(columns, "id");
        object?[] values =
        [
            true, 12345678901234.56789m, 0.1, "Zürich \"quoted\"\n\U0001F600", new byte[] { 0, 255 }, new DateOnly(2024, 2, 29), new TimeOnly(23, 59, 59, 123),
            new DateTime(2024, 2, 29, 1, 2, 3, 456), new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(5)), Guid.NewGuid(), JsonNode.Parse("""{"a":[1,{"b":null}]}"""),
        ];
        string[] source = [.. columns.Select(c => c.Split(' ')[0] + " object")];
        CollectingSink sink = new();
        await SaveAsync(table, Rejecting(sink), source, ["no number", .. values], [1, .. values]);

        IReadOnlyList<KeyValuePair<string, object?>> read = RowJson.Read(Assert.Single(sink.Taken).Data);
        await Db.SaveAsync(table, new BufferedRows([.. read.Select(p => new Column(p.Key, new(PortableKind.Object)))], [[2, .. read.Skip(1).Select(p => p.Value)]]), new(), default);

        object?[][] rows = await RowsOf(table);
        Assert.Equal(rows[0][1..], rows[1][1..]);
    }

    /// <summary>A table of an id and a text that may not be <c>bad</c>.</summary>
    protected virtual async Task<TableName> CreateCheckedAsync()
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, v varchar(50) check (v <> 'bad'))");
        return table;
    }

    private static RowReader Uneven() => new UnevenRows(Spec.Columns("id int", "v string"), [[1, "a"], [2], [3, "bad"], [2], [5]]);

    private protected async Task<List<Reject>> RejectsOf(TableName table)
    {
        await using RowReader rows = await Db.GetAsync(new BatchQuery(table), default);
        List<Reject> found = [];
        while (await rows.ReadAsync())
        {
            found.Add(RejectTable.Read(rows));
        }

        return found;
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}, not {actual}");

    private sealed class UnevenRows(IReadOnlyList<Column> columns, object?[][] rows) : RowReader
    {
        private int _row = -1;

        public override IReadOnlyList<Column> Columns => columns;

        public override bool Read() => ++_row < rows.Length;

        public override object GetValue(int ordinal) => (ordinal < rows[_row].Length ? rows[_row][ordinal] : null) ?? DBNull.Value;

        public override bool IsMissing(int ordinal) => ordinal >= rows[_row].Length;
    }
}
