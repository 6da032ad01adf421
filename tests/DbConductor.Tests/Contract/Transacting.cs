using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private protected static readonly string[] Pair = ["id int!", "v string"];

    private static Task<SaveResult> SaveAsync(IDbOperations db, TableName table, params object?[][] rows) =>
        db.SaveAsync(table, Spec.Rows(Pair, rows), new(), default);

    private static Task<object?[][]> RowsOf(IDbOperations db, TableName table) => RowsOf(db, new BatchQuery(table) { OrderBy = [new("id")] });

    [SkippableFact]
    public async Task A_transaction_reads_its_own_writes_others_do_not_and_all_see_them_once_committed()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"]);
        await using IDbAdapter other = await ConnectAsync();

        await using (IDbTransaction transaction = await BeginAsync())
        {
            SaveResult result = await SaveAsync(transaction, table, [2, "b"]);
            Assert.Equal(0, result.Commits);
            Assert.Equal(1, await transaction.UpdateAsync(table, Filter.Equal("id", 1), new Dictionary<string, object?> { ["v"] = "A" }, default));
            Assert.Equal([[1, "A"], [2, "b"]], await RowsOf(transaction, table));
            Assert.Equal(2, await transaction.CountAsync(table, null, default));
            Assert.Equal([[1, "a"]], await RowsOf(table));
            Assert.Equal([[1, "a"]], await RowsOf(other, table));
            await transaction.CommitAsync(default);
        }

        Assert.Equal([[1, "A"], [2, "b"]], await RowsOf(table));
        Assert.Equal([[1, "A"], [2, "b"]], await RowsOf(other, table));
    }

    [SkippableFact]
    public async Task Rollback_undoes_everything_and_so_does_disposing()
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"], [2, "b"]);
        foreach (bool dispose in new[] { false, true })
        {
            IDbTransaction transaction = await BeginAsync();
            await SaveAsync(transaction, table, [3, "c"]);
            await transaction.DeleteAsync(table, Filter.Equal("id", 1), default);
            await transaction.SaveAsync(table, Spec.Rows(Pair, [2, "B"]), Mode(SaveMode.Upsert), default);
            await transaction.SaveAsync(table, Spec.Rows(Pair, [9, "z"]), Mode(SaveMode.Overwrite), default);
            Assert.Equal([[9, "z"]], await RowsOf(transaction, table));
            if (!dispose)
            {
                await transaction.RollbackAsync(default);
            }

            await transaction.DisposeAsync();
            Assert.Equal([[1, "a"], [2, "b"]], await RowsOf(table));
        }
    }

    [SkippableFact]
    public async Task A_transaction_that_has_ended_refuses_everything()
    {
        TableName table = await CreateAsync(Pair, "id");
        IDbTransaction committed = await BeginAsync();
        await committed.CommitAsync(default);
        IDbTransaction rolledBack = await BeginAsync();
        await rolledBack.RollbackAsync(default);
        foreach (IDbTransaction transaction in new[] { committed, rolledBack })
        {
            await Fails(DbErrorKind.InvalidOperation, () => SaveAsync(transaction, table, [1, "a"]));
            await Fails(DbErrorKind.InvalidOperation, () => RowsOf(transaction, table));
            await Fails(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
            await Fails(DbErrorKind.InvalidOperation, () => transaction.SaveAsync("s", default));
            await transaction.DisposeAsync();
            await transaction.DisposeAsync();
        }

        Assert.Empty(await RowsOf(table));
    }

    public static TheoryData<string> FailingWrites => ["insert", "upsert", "overwrite", "convert", "source", "update", "update by rows", "delete by rows", "query", "missing"];

    [SkippableTheory]
    [MemberData(nameof(FailingWrites))]
    public async Task A_failed_write_dooms_the_transaction_and_a_good_one_after_it_is_refused(string write)
    {
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"], [2, "b"]);
        await using IDbTransaction transaction = await BeginAsync();
        await SaveAsync(transaction, table, [5, "before"]);
        Assert.Null(transaction.DoomedBy);

        DbConductorException cause = await Assert.ThrowsAnyAsync<DbConductorException>(() => write switch
        {
            "insert" => SaveAsync(transaction, table, [6, "x"], [1, "taken"]),
            "upsert" => transaction.SaveAsync(table, Spec.Rows(Pair, [null, "x"]), Mode(SaveMode.Upsert), default),
            "overwrite" => transaction.SaveAsync(table, Spec.Rows(Pair, [7, "x"], [null, "x"]), Mode(SaveMode.Overwrite), default),
            "convert" => transaction.SaveAsync(table, Spec.Rows(["id string", "v string"], ["8", "x"], ["x", "x"]), new(), default),
            "source" => transaction.SaveAsync(table, Spec.Stream(["id int"], FailingRows(1000).Select(row => new object?[] { (int)row[0]! + 100 })), new(), default),
            "update" => transaction.UpdateAsync(table, null, new Dictionary<string, object?> { ["id"] = 1 }, default),
            "update by rows" => transaction.UpdateAsync(table, Spec.Rows(Pair, [1, "x"], [null, "x"]), ["id"], default),
            "delete by rows" => transaction.DeleteAsync(table, Spec.Rows(["id int"], [1], [null]), ["id"], default),
            "query" => SqlAsync(transaction, Words.Insert(table, "id"), new() { ["id"] = 1 }),
            _ => SaveAsync(transaction, NewName("missing"), [1, "a"]),
        });

        Assert.NotNull(transaction.DoomedBy);
        Assert.Equal(cause.Kind, transaction.DoomedBy.Kind);
        DbConductorException refused = await Fails(DbErrorKind.InvalidOperation, () => SaveAsync(transaction, table, [6, "good"]));
        Assert.Contains(cause.Message, refused.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.InvalidOperation, () => RowsOf(transaction, table));
        await Fails(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
        await transaction.RollbackAsync(default);
        Assert.Equal([[1, "a"], [2, "b"]], await RowsOf(table));

        // what follows is a transaction of its own again
        Assert.Equal(1, (await SaveAsync(Db, table, [6, "good"])).Rows);
    }

    [SkippableFact]
    public async Task Savepoints_nest()
    {
        SkipUnless(Db.Info.Savepoints, "the database has no savepoints");
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();

        await SaveAsync(transaction, table, [1, "a"]);
        await transaction.SaveAsync("outer", default);
        await SaveAsync(transaction, table, [2, "b"]);
        await transaction.SaveAsync("in\"ner; name", default);
        await SaveAsync(transaction, table, [3, "c"]);
        await transaction.RollbackToAsync("in\"ner; name", default);
        Assert.Equal([[1, "a"], [2, "b"]], await RowsOf(transaction, table));
        await transaction.SaveAsync("again", default);
        await SaveAsync(transaction, table, [4, "d"]);
        await transaction.ReleaseAsync("again", default);
        await Fails(DbErrorKind.InvalidOperation, () => transaction.ReleaseAsync("again", default));
        await transaction.RollbackToAsync("outer", default);
        await SaveAsync(transaction, table, [5, "e"]);
        await transaction.CommitAsync(default);

        Assert.Equal([[1, "a"], [5, "e"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_savepoint_saves_the_transaction_from_a_failed_write()
    {
        SkipUnless(Db.Info.Savepoints, "the database has no savepoints");
        TableName table = await CreateAsync(Pair, ["id"], [1, "a"]);
        await using IDbTransaction transaction = await BeginAsync();
        await SaveAsync(transaction, table, [2, "b"]);
        await transaction.SaveAsync("outer", default);
        await transaction.SaveAsync("inner", default);

        await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(transaction, table, [3, "c"], [1, "taken"]));
        Assert.NotNull(transaction.DoomedBy);
        await Fails(DbErrorKind.InvalidOperation, () => transaction.ReleaseAsync("inner", default));
        await Fails(DbErrorKind.InvalidOperation, () => transaction.SaveAsync("more", default));
        await transaction.RollbackToAsync("inner", default);
        Assert.Null(transaction.DoomedBy);
        await SaveAsync(transaction, table, [4, "d"]);
        await transaction.ReleaseAsync("outer", default);
        await transaction.CommitAsync(default);

        Assert.Equal([[1, "a"], [2, "b"], [4, "d"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_read_that_is_refused_before_it_is_sent_dooms_nothing()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();
        await SaveAsync(transaction, table, [1, "a"]);

        await Fails(DbErrorKind.NotFound, () => RowsOf(transaction, NewName("missing")));
        await Fails(DbErrorKind.ColumnNotFound, () => RowsOf(transaction, new BatchQuery(table) { Where = Filter.Equal("nope", 1) }));
        Assert.Null(transaction.DoomedBy);
        await transaction.CommitAsync(default);

        Assert.Equal([[1, "a"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_reader_inside_a_transaction_goes_on_while_the_transaction_writes()
    {
        const int count = 3000;
        TableName table = await CreateAsync(Pair, "id");
        TableName log = await CreateAsync(Pair, "id");
        await Db.SaveAsync(table, Spec.Stream(Pair, count, i => [i, "v" + i]), new(), default);
        await using IDbTransaction transaction = await BeginAsync();

        await using RowReader rows = await transaction.GetAsync(new BatchQuery(table) { OrderBy = [new("id")] }, default);
        int seen = 0;
        while (await rows.ReadAsync())
        {
            seen++;
            int id = rows.GetInt32(0);
            if (id % 500 == 1)
            {
                await SaveAsync(transaction, log, [id, "seen"]);
                Assert.Equal(count, await transaction.CountAsync(table, null, default));
                Assert.Equal("v" + id, rows.GetString(1));
            }
        }

        Assert.Equal(count, seen);
        await transaction.CommitAsync(default);
        Assert.Equal([1, 501, 1001, 1501, 2001, 2501], (await RowsOf(log)).Select(row => (int)row[0]!));
    }

    [SkippableFact]
    public async Task A_reader_inside_a_transaction_gives_right_cells_while_a_write_is_under_way()
    {
        const int count = 2000;
        TableName table = await CreateAsync(Pair, "id");
        TableName log = await CreateAsync(Pair, "id");
        await Db.SaveAsync(table, Spec.Stream(Pair, count, i => [i, "v" + i]), new(), default);
        await using IDbTransaction transaction = await BeginAsync();
        for (int round = 0; round < 10; round++)
        {
            int from = round * count;
            await using RowReader rows = await transaction.GetAsync(new BatchQuery(table), default);
            Task write = Task.CompletedTask;
            int seen = 0;
            while (await rows.ReadAsync())
            {
                if (++seen == 50)
                {
                    // as piped objects do: the next rows are read while the last chunk is on its way
                    write = Task.Run(() => transaction.SaveAsync(log, Spec.Stream(Pair, 100, i => [from + i, "x"]), new(), default));
                }

                for (int i = 0; i < 20; i++)
                {
                    Assert.Equal("v" + rows.GetInt32(0), rows.GetString(1));
                }
            }

            await write;
            Assert.Equal(count, seen);
        }

        Assert.Equal(1000, await transaction.CountAsync(log, null, default));
    }

    [SkippableTheory]
    [InlineData(true, SaveMode.Insert)]
    [InlineData(true, SaveMode.Upsert)]
    [InlineData(false, SaveMode.Insert)]
    [InlineData(false, SaveMode.Upsert)]
    [InlineData(false, SaveMode.Overwrite)]
    public async Task Rows_are_read_from_a_table_and_written_back_into_it(bool inTransaction, SaveMode mode)
    {
        const int count = 3000;
        TableName table = await CreateAsync(["id int!", "n int"], "id");
        await Db.SaveAsync(table, Spec.Stream(["id int", "n int"], count, i => [i, 0]), new(), default);
        await using IDbTransaction? transaction = inTransaction ? await BeginAsync() : null;
        IDbOperations db = transaction ?? (IDbOperations)Db;

        await using RowReader rows = await db.GetAsync(new BatchQuery(table), default);
        SaveResult result = await db.SaveAsync(
            table, new Shifted(rows, mode == SaveMode.Insert ? 100_000 : 0), new SaveOptions { Mode = mode }, default);

        Assert.Equal(count, result.Rows);
        if (transaction is not null)
        {
            await transaction.CommitAsync(default);
        }

        Assert.Equal(mode == SaveMode.Insert ? 2 * count : count, await Db.CountAsync(table, null, default));
        Assert.Equal(count, await Db.CountAsync(table, Filter.Equal("n", 1), default));
    }

    [SkippableFact]
    public async Task Rows_are_read_from_a_table_while_rows_of_it_are_updated_and_removed()
    {
        TableName table = await CreateAsync(["id int!", "n int"], "id");
        await Db.SaveAsync(table, Spec.Stream(["id int", "n int"], 2000, i => [i, i % 2]), new(), default);

        await using (RowReader rows = await Db.GetAsync(new BatchQuery(table) { Where = Filter.Equal("n", 1) }, default))
        {
            Assert.Equal(1000, await Db.UpdateAsync(table, new Shifted(rows, 0), ["id"], default));
        }

        await using (RowReader rows = await Db.GetAsync(new BatchQuery(table) { Where = Filter.Equal("n", 2) }, default))
        {
            Assert.Equal(1000, await Db.DeleteAsync(table, rows, ["id"], default));
        }

        Assert.Equal(1000, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_reader_that_streams_blocks_no_write_on_the_same_session()
    {
        const int count = 20_000;
        TableName table = await CreateAsync(Pair, "id");
        string pad = new('x', 100);
        await Db.SaveAsync(table, Spec.Stream(Pair, count, i => [i, pad]), new(), default);

        await using RowReader rows = await Db.GetAsync(new BatchQuery(table), default);
        Assert.True(await rows.ReadAsync());
        Task write = Db.SaveAsync(table, Spec.Rows(Pair, [count + 1, "new"]), new(), default);
        Assert.Same(write, await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(20))));
        await write;
        int seen = 1;
        while (await rows.ReadAsync())
        {
            seen++;
        }

        Assert.Equal(count, seen);
        Assert.Equal(count + 1, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_native_query_is_part_of_its_transaction()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await SqlAsync(transaction, Words.Insert(table, "id", "v"), new() { ["id"] = 1, ["v"] = "x" });
            Assert.Equal([[1, "x"]], await SqlAsync(transaction, Words.Select(table, ["id", "v"])));
        }

        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_table_created_in_a_transaction_goes_with_it_or_is_refused()
    {
        TableName table = NewName();
        if (!Db.Info.TransactionalDdl)
        {
            await RefusesTablesInTransactionsAsync(table);
            return;
        }

        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"]), new SaveOptions { CreateTable = true }, default);
            Assert.Equal([[1, "a"]], await RowsOf(transaction, table));
            Assert.NotNull(await transaction.DescribeAsync(table, default));
        }

        Assert.Null(await Db.DescribeAsync(table, default));
    }

    // the transaction goes on: nothing was sent
    private async Task RefusesTablesInTransactionsAsync(TableName absent)
    {
        TableName there = await CreateAsync(Pair, "id");
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(there, Spec.Rows(Pair, [1, "a"]), new SaveOptions { CreateTable = true }, default);
            DbConductorException error = await Fails(
                DbErrorKind.InvalidOperation, () => transaction.SaveAsync(absent, Spec.Rows(Pair, [1, "a"]), new SaveOptions { CreateTable = true }, default));
            Assert.Contains("New-DbTable", error.Message, StringComparison.Ordinal);
            await Fails(DbErrorKind.InvalidOperation, () => transaction.CreateAsync(absent, Spec.Table(Pair), default));
            Assert.Null(transaction.DoomedBy);
            await transaction.SaveAsync(there, Spec.Rows(Pair, [2, "b"]), new SaveOptions(), default);
        }

        Assert.Empty(await RowsOf(there));
        Assert.Null(await Db.DescribeAsync(absent, default));
    }

    [SkippableFact]
    public async Task A_constraint_that_fails_at_commit_is_no_unknown_outcome()
    {
        SkipUnless(DeferredConstraints, "every constraint is checked by the statement that breaks it");
        TableName parent = NewName("parent");
        TableName child = NewName("child");
        await SqlAsync($"create table {parent.Name} (id int primary key)");
        await SqlAsync($"create table {child.Name} (id int primary key, parent int references {parent.Name}(id) deferrable initially deferred)");
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(child, Spec.Rows(["id int", "parent int"], [1, 99]), new(), default);
            await Fails(DbErrorKind.Constraint, () => transaction.CommitAsync(default));
        }

        await Fails(DbErrorKind.Constraint, () => SaveAsync(child, ["id int", "parent int"], [1, 99]));
        Assert.Equal(0, await Db.CountAsync(child, null, default));
        await SaveAsync(parent, ["id int"], [99]);
        await SaveAsync(child, ["id int", "parent int"], [1, 99]);
    }

    [SkippableFact]
    public async Task CommitEvery_has_no_meaning_inside_a_transaction()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbTransaction transaction = await BeginAsync();

        await Fails(DbErrorKind.InvalidArgument, () => transaction.SaveAsync(table, Spec.Rows(Pair, [1, "a"]), new SaveOptions { CommitEvery = 1 }, default));
    }

    /// <summary>Passes rows of a number each on while they stream, with the first column moved and the second raised by one.</summary>
    private sealed class Shifted(RowReader rows, int by) : RowReader
    {
        public override IReadOnlyList<Column> Columns => rows.Columns;

        public override bool Read() => rows.Read();

        public override Task<bool> ReadAsync(CancellationToken cancellationToken) => rows.ReadAsync(cancellationToken);

        public override object GetValue(int ordinal) => (int)rows.GetValue(ordinal) + (ordinal == 0 ? by : 1);
    }
}
