using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private static readonly TableName s_heads = new(null, "dbconductor_stash");

    /// <summary>So long that a busy machine renews it in time, a third of it before its end at the latest.</summary>
    private static readonly TimeSpan s_leaseTime = TimeSpan.FromSeconds(5);

    private static string NewStash() => $"stash {Guid.NewGuid():N}";

    [SkippableFact]
    public async Task Stash_gives_every_type_back_as_it_went_in()
    {
        string name = NewStash();
        List<string> expected = await ReadRows.AllAsync(TestRows.Extremes());
        StashStore store = new(Db);

        StashVersion saved = await store.SaveAsync(name, TestRows.Extremes(), new(), default);
        StashVersion found = (await store.FindAsync(name, default))!;
        await using RowReader rows = await store.OpenAsync(found, new(), default);

        Assert.Equal((1, StashState.Ready, expected.Count - 1), (found.Version, found.State, found.Rows));
        Assert.Equal(saved.Checksum, found.Checksum);
        Assert.Equal(Plain(expected.Skip(1)), Plain((await ReadRows.AllAsync(rows)).Skip(1)));
        Assert.Equal(TestRows.Extremes().Columns.Select(c => $"{c.Name} {c.Type}"), rows.Columns.Select(c => $"{c.Name} {c.Type}"));

        // what a database may do to a decimal is to drop its trailing zeros, and the sign of zero
        static IEnumerable<string> Plain(IEnumerable<string> lines) => lines
            .Select(l => l.Replace("decimal 1500 0 0 196608", "decimal 15 0 0 65536", StringComparison.Ordinal))
            .Select(l => System.Text.RegularExpressions.Regex.Replace(l, @"decimal 0 0 0 -?\d+", "decimal 0 0 0 0"))
            .Order(StringComparer.Ordinal);
    }

    [SkippableFact]
    public async Task Stash_keeps_values_that_differ_in_type_and_fields_that_appear_late_or_are_missing()
    {
        string name = NewStash();
        StashStore store = new(Db);
        TestRows Rows() => new(
            (TestRows.Of("id:int", "any"), [[1, "one"], [2, 2L], [3, TestRows.Missing], [4, null]]),
            (TestRows.Of("id:int", "any", "late:string", "odd name'\"[]"), [[5, 1.5m, "x", true], [6, true, TestRows.Missing, null]]));

        await store.SaveAsync(name, Rows(), new(), default);
        await using RowReader rows = await store.OpenAsync((await store.FindAsync(name, default))!, new(), default);
        List<string> found = await ReadRows.AllAsync(rows);

        Assert.Equal(
            [
                "Int32 1 | string 111 110 101 3 | missing | missing", "Int32 2 | Int64 2 | missing | missing", "Int32 3 | missing | missing | missing", "Int32 4 | null | missing | missing",
                "Int32 5 | decimal 15 0 0 65536 | string 120 1 | Boolean True", "Int32 6 | Boolean True | missing | null",
            ],
            found.Skip(1).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Stash_takes_columns_whose_names_databases_keep_for_themselves_and_more_than_a_row_holds()
    {
        string name = NewStash();
        StashStore store = new(Db);
        string[] columns = ["_id int", "xmin double", "ctid string", "ROWID int", "dbconductor_rest string", .. Enumerable.Range(0, 400).Select(n => $"c{n} string")];
        object?[] values = [1, 1.5, "c", 2, "rest", .. Enumerable.Range(0, 400).Select(n => new string('x', 35) + n)];

        await store.SaveAsync(name, Spec.Rows(columns, values, values), new(), default);

        Assert.Equal([values, values], await StashRowsAsync(store, name));
    }

    [SkippableFact]
    public async Task Stash_converts_declared_columns_and_names_the_row_that_does_not_fit()
    {
        string name = NewStash();
        StashStore store = new(Db);
        StashSaveOptions options = new()
        {
            ColumnTypes = new Dictionary<string, PortableType> { ["delay"] = PortableType.Parse("int") },
            NullTexts = new Dictionary<string, IReadOnlyList<string>> { [""] = ["NA"] },
        };

        await store.SaveAsync(name, Spec.Rows(["day string", "delay string"], ["NA", "NA"], ["x", "-7"]), options, default);
        object?[][] rows = await StashRowsAsync(store, name);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(
            () => store.SaveAsync(name, Spec.Rows(["day string", "delay string"], ["x", "1"], ["y", "later"]), options, default));

        Assert.Equal([[null, null], ["x", -7]], rows.OrderBy(r => (string?)r[0], StringComparer.Ordinal));
        Assert.Equal((DbErrorKind.InvalidData, 2L, "delay"), (error.Kind, error.Row, error.Column));
        Assert.Equal(1, (await store.FindAsync(name, default))!.Version);
    }

    [SkippableFact]
    public async Task A_stash_that_fails_on_its_way_leaves_the_version_before_it_and_nothing_else()
    {
        string name = NewStash();
        StashStore store = new(Db);
        await SaveStashAsync(store, name, 3);
        int tables = await CountTablesAsync();

        TestRows failing = new((TestRows.Of("id:int"), [.. Enumerable.Range(0, 5000).Select(i => new object?[] { i })]))
        { OnRow = row => { if (row == 4000) { throw new DbConductorException(DbErrorKind.InvalidData, "not any further"); } } };
        await Assert.ThrowsAsync<DbConductorException>(() => store.SaveAsync(name, failing, new(), default));

        Assert.Equal(3, (await StashRowsAsync(store, name)).Length);
        Assert.Equal([(1L, StashState.Ready)], (await store.ListAsync(default)).Where(v => v.Name == name).Select(v => (v.Version, v.State)));
        Assert.Equal(tables, await CountTablesAsync());
    }

    [SkippableFact]
    public async Task A_reader_keeps_the_version_that_it_reads_and_a_handle_says_when_its_version_is_gone()
    {
        SkipUnless(!OneConnection, "the database lives in its only connection");
        string name = NewStash();
        StashStore store = new(Db);
        StashVersion first = await SaveStashAsync(store, name, 5000);
        RowReader rows = await store.OpenAsync(first, new(), default);
        Assert.True(await rows.ReadAsync(default));

        StashVersion second = await SaveStashAsync(store, name, 7);
        int read = 1;
        while (await rows.ReadAsync(default))
        {
            read++;
        }

        await rows.DisposeAsync();
        Assert.Null(await Db.DescribeAsync(first.Table, default));
        await SaveStashAsync(store, name, 8);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => store.OpenAsync(first, new(), default));

        Assert.Equal((2, 5000), (second.Version, read));
        Assert.Equal(DbErrorKind.NotFound, error.Kind);
        Assert.Equal(8, (await StashRowsAsync(store, name)).Length);
        Assert.Null(await Db.DescribeAsync(second.Table, default));
    }

    [SkippableFact]
    public async Task A_damaged_stash_is_refused_by_name()
    {
        string name = NewStash();
        StashStore store = new(Db);
        StashVersion version = await SaveStashAsync(store, name, 10);
        await Db.DeleteAsync(version.Table, Filter.Equal("id", 7), default);

        await using RowReader rows = await store.OpenAsync(version, new(), default);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(async () => { while (await rows.ReadAsync(default)) { } });

        Assert.Equal((DbErrorKind.InvalidData, name), (error.Kind, error.Target));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Stash_rows_are_filtered_picked_and_limited_where_they_are()
    {
        string name = NewStash();
        StashStore store = new(Db);
        StashVersion version = await store.SaveAsync(
            name, Spec.Rows(["id int", "text string", "any object"], [1, "a", 1], [2, "b", "x"], [3, null, null]), new(), default);

        object?[][] filtered = await StashRowsAsync(store, name, new() { Where = new CompareFilter("id", CompareOp.GreaterOrEqual, 2), Columns = [new("text", "renamed"), new("ID", "id")] });
        object?[][] limited = await StashRowsAsync(store, name, new() { First = 1 });
        DbConductorException mixed = await Assert.ThrowsAsync<DbConductorException>(() => store.OpenAsync(version, new() { Where = Filter.Equal("any", 1) }, default));
        DbConductorException none = await Assert.ThrowsAsync<DbConductorException>(() => store.OpenAsync(version, new() { Columns = [new("nope", "nope")] }, default));

        Assert.Equal([[null, 3], ["b", 2]], filtered.OrderBy(r => (string?)r[0], StringComparer.Ordinal));
        Assert.Single(limited);
        Assert.Equal((DbErrorKind.NotSupported, "any"), (mixed.Kind, mixed.Column));
        Assert.Equal((DbErrorKind.ColumnNotFound, "nope"), (none.Kind, none.Column));
    }

    [SkippableFact]
    public async Task A_lease_is_held_by_one_and_who_was_overtaken_is_refused()
    {
        string name = NewStash();
        StashStore store = new(Db);
        StashLease lease = (await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default))!;
        Assert.Null(await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default));
        DbConductorException locked = await Assert.ThrowsAsync<DbConductorException>(() => SaveStashAsync(store, name, 1));
        StashVersion version = await SaveStashAsync(store, name, 2, lease);

        // as if its holder had been paused until its time was over
        await Db.UpdateAsync(s_heads, Filter.Equal("name", name), new Dictionary<string, object?> { ["lease_until"] = 1L }, default);
        await using StashLease taken = (await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default))!;
        DbConductorException lost = await Assert.ThrowsAsync<DbConductorException>(() => SaveStashAsync(store, name, 3, lease));
        await lease.DisposeAsync();
        StashVersion next = await SaveStashAsync(store, name, 4, taken);
        await taken.DisposeAsync();
        await using StashLease? free = await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default);

        Assert.Equal((DbErrorKind.Busy, DbErrorKind.Busy), (locked.Kind, lost.Kind));
        Assert.Contains("was lost", lost.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (version.Version, next.Version));
        Assert.True(lease.Fence < taken.Fence && taken.Fence < free!.Fence);
        Assert.Equal(4, (await StashRowsAsync(store, name)).Length);
    }

    [SkippableFact]
    public async Task A_lease_opens_its_own_stash_alone_and_only_until_it_is_given_back()
    {
        (string name, string other) = (NewStash(), NewStash());
        StashStore store = new(Db);
        StashLease lease = (await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default))!;

        DbConductorException wrong = await Assert.ThrowsAsync<DbConductorException>(() => SaveStashAsync(store, other, 1, lease));
        await lease.DisposeAsync();
        DbConductorException over = await Assert.ThrowsAsync<DbConductorException>(() => SaveStashAsync(store, name, 1, lease));

        Assert.Equal((DbErrorKind.InvalidArgument, other), (wrong.Kind, wrong.Target));
        Assert.Contains($"not of '{other}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("was given back", over.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(other, default));
    }

    [SkippableFact]
    public async Task A_lease_is_renewed_while_its_holder_lives()
    {
        string name = NewStash();
        StashStore store = new(Db);
        await using StashLease lease = (await store.TryLockAsync(name, s_leaseTime, default))!;

        await Task.Delay(s_leaseTime * 1.5);

        Assert.Null(await store.TryLockAsync(name, TimeSpan.FromMinutes(1), default));
        Assert.False(lease.IsLost);
    }

    [SkippableFact]
    public async Task A_lease_outlives_a_transaction_that_keeps_its_renewal_waiting()
    {
        SkipUnless(Db.Info.SingleWriter && !OneConnection, "a transaction keeps no other writer waiting");
        string name = NewStash();
        TableName table = await CreateAsync(["id int"]);
        await using StashLease lease = (await new StashStore(Db).TryLockAsync(name, s_leaseTime, default))!;
        await using IDbAdapter other = await ConnectAsync();
        await using (IDbTransaction transaction = await BeginAsync())
        {
            await transaction.SaveAsync(table, Spec.Rows(["id int"], [1]), new(), default);
            await Task.Delay(s_leaseTime * 1.5);
            await StashLease.RenewWithinAsync(Db.Info, transaction, default);
            await transaction.CommitAsync(default);
        }

        Assert.Null(await new StashStore(other).TryLockAsync(name, TimeSpan.FromMinutes(1), default));
        Assert.True(lease.Until > await other.GetServerTimeAsync(default));
        Assert.False(lease.IsLost);
    }

    [SkippableFact]
    public async Task Writers_that_compete_all_publish_and_readers_see_whole_versions_only()
    {
        const int Writers = 3;
        const int Saves = 5;
        SkipUnless(!OneConnection, "the database lives in its only connection");
        string name = NewStash();
        await SaveStashAsync(new(Db), name, 100);
        using CancellationTokenSource stop = new();
        Task<int> reading = Task.Run(async () =>
        {
            await using IDbAdapter own = await ConnectAsync();
            StashStore store = new(own);
            int whole = 0;
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    object?[][] rows = await StashRowsAsync(store, name);
                    Assert.Equal(100, rows.Length);
                    Assert.Single(rows.Select(r => r[1]).Distinct());
                    whole++;
                }
                catch (DbConductorException e) when (e.Kind == DbErrorKind.NotFound)
                {
                    // gone between the look at the manifest and the opening
                }
            }

            return whole;
        });

        long[][] published = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using IDbAdapter own = await ConnectAsync();
            StashStore store = new(own);
            List<long> versions = [];
            for (int i = 0; i < Saves; i++)
            {
                string tag = $"{writer}.{i}";
                versions.Add((await store.SaveAsync(name, Spec.Rows(["id int", "tag string"], [.. Enumerable.Range(0, 100).Select(n => new object?[] { n, tag })]), new(), default)).Version);
            }

            return versions.ToArray();
        })));
        await stop.CancelAsync();

        Assert.Equal(Enumerable.Range(2, Writers * Saves).Select(n => (long)n), published.SelectMany(v => v).Order());
        Assert.True(await reading > 0);
        Assert.Equal(1 + (Writers * Saves), (await new StashStore(Db).FindAsync(name, default))!.Version);
    }

    [SkippableFact]
    public async Task Stashes_past_their_time_and_of_dead_writers_are_removed()
    {
        (string expired, string alive, string dead, string held) = (NewStash(), NewStash(), NewStash(), $" {NewStash()}");
        StashStore store = new(Db);
        await store.SaveAsync(held, Spec.Rows(["id int"], [1]), new() { ExpiresAfter = TimeSpan.FromMilliseconds(1) }, default);
        await using StashLease lease = (await store.TryLockAsync(held, TimeSpan.FromMinutes(1), default))!;
        await store.SaveAsync(expired, Spec.Rows(["id int"], [1]), new() { ExpiresAfter = TimeSpan.FromMilliseconds(1) }, default);
        await store.SaveAsync(alive, Spec.Rows(["id int"], [1]), new() { ExpiresAfter = TimeSpan.FromHours(1) }, default);
        await SaveStashAsync(store, dead, 1);
        StashVersion left = await SaveStashAsync(store, dead, 2);
        await Db.UpdateAsync(new(null, "dbconductor_stash_versions"), Filter.Equal("id", left.Id), new Dictionary<string, object?> { ["state"] = "writing", ["alive"] = 1L }, default);
        await Db.UpdateAsync(s_heads, Filter.Equal("name", dead), new Dictionary<string, object?> { ["version_id"] = null }, default);
        await Task.Delay(20);

        Assert.Equal(StashState.Expired, (await store.FindAsync(expired, default))!.State);
        IReadOnlyList<StashVersion> removedExpired = await store.RemoveExpiredAsync(default);
        IReadOnlyList<StashVersion> removedDead = await store.RemoveAbandonedAsync(TimeSpan.FromHours(1), default);

        Assert.Contains(removedExpired, v => v.Name == expired);
        Assert.DoesNotContain(removedExpired, v => v.Name == alive || v.Name == held);
        Assert.Contains(removedDead, v => v.Id == left.Id);
        Assert.Null(await store.FindAsync(expired, default));
        Assert.NotNull(await store.FindAsync(alive, default));
        Assert.Null(await Db.DescribeAsync(left.Table, default));
        Assert.True(await store.RemoveAsync((await store.FindAsync(alive, default))!, null, default));
        Assert.DoesNotContain(await store.ListAsync(default), v => v.Name == expired || v.Name == alive || v.Name == dead);
    }

    [SkippableFact]
    public async Task Waiting_ends_when_all_are_ready_or_says_what_is_missing()
    {
        (string first, string second) = (NewStash(), NewStash());
        StashStore store = new(Db);
        await SaveStashAsync(store, second, 5);
        Task<IReadOnlyList<StashVersion>> waiting = store.WaitAsync([first, second], new() { Timeout = TimeSpan.FromSeconds(30), MinimumRows = 2 }, default);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await SaveStashAsync(store, first, 3);

        Assert.Equal([first, second], (await waiting).Select(v => v.Name));
        DbConductorException few = await Assert.ThrowsAsync<DbConductorException>(() => store.WaitAsync([first, second], new() { Timeout = TimeSpan.FromSeconds(0.3), MinimumRows = 4 }, default));
        DbConductorException old = await Assert.ThrowsAsync<DbConductorException>(
            () => store.WaitAsync([second], new() { Timeout = TimeSpan.Zero, NewerThan = DateTimeOffset.UtcNow.AddHours(1) }, default));
        DbConductorException none = await Assert.ThrowsAsync<DbConductorException>(() => store.WaitAsync(["no such stash"], new() { Timeout = TimeSpan.Zero }, default));
        Assert.Equal((DbErrorKind.Timeout, first), (few.Kind, few.Target));
        Assert.Contains("has 3 rows of at least 4", few.Message, StringComparison.Ordinal);
        Assert.Contains("was published at", old.Message, StringComparison.Ordinal);
        Assert.Contains("is not there", none.Message, StringComparison.Ordinal);
    }

    private static Task<StashVersion> SaveStashAsync(StashStore store, string name, int rows, StashLease? lease = null) =>
        store.SaveAsync(name, Spec.Rows(["id int", "tag string"], [.. Enumerable.Range(0, rows).Select(n => new object?[] { n, "first" })]), new() { Lease = lease }, default);

    private static async Task<object?[][]> StashRowsAsync(StashStore store, string name, StashQuery? query = null)
    {
        await using RowReader rows = await store.OpenAsync((await store.FindAsync(name, default))!, query ?? new(), default);
        return await rows.ToArrayAsync();
    }

    private async Task<int> CountTablesAsync()
    {
        int count = 0;
        await foreach (TableName _ in Db.ListAsync(default))
        {
            count++;
        }

        return count;
    }
}
