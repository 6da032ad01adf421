using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>Rows from PostgreSQL to PostgreSQL, handed through as they are packed.</summary>
public sealed partial class PostgreSqlContractTests
{
    private const string HandedThrough = "binary COPY, handed through as it is";

    private const string AllTypes =
        "id int not null primary key, b boolean, s smallint, l bigint, n numeric, m numeric(12,2), r real, d double precision, t text, v varchar(20), c char(3), y bytea, " +
        "da date, ti time, ts timestamp, tz timestamptz(3), iv interval, u uuid, j json, jb jsonb";

    [SkippableFact]
    public async Task Rows_of_every_type_are_handed_through_and_are_the_same_as_row_by_row()
    {
        TableName source = await FilledAsync(5000);
        TableName packed = NewName(), single = NewName();
        await SqlAsync($"create table {packed} ({AllTypes}); create table {single} ({AllTypes})");

        SaveResult through = await CopyAsync(source, packed, new());
        SaveResult byRow = await CopyAsync(source, single, new(), deferred: false);

        Assert.Equal((HandedThrough, 5001), (through.Path, through.Rows));
        Assert.Equal(("binary COPY", 5001), (byRow.Path, byRow.Rows));
        foreach (TableName table in new[] { source, single })
        {
            Assert.Empty(await SqlAsync($"select t::text from {packed} t except all select t::text from {table} t"));
            Assert.Equal([[5001L]], await SqlAsync($"select count(*) from {table}"));
        }
    }

    [SkippableFact]
    public async Task What_has_no_portable_value_is_handed_through_too()
    {
        TableName source = NewName(), target = NewName();
        await SqlAsync(
            $"create table {source} (n numeric, ts timestamp, da date); create table {target} (like {source}); " +
            $"insert into {source} values ('NaN', 'infinity', '0044-03-15 BC'), (12345678901234567890123456789012345678901234567890.5, '-infinity', null)");

        Assert.Equal(HandedThrough, (await CopyAsync(source, target, new())).Path);
        Assert.Empty(await SqlAsync($"select t::text from {source} t except all select t::text from {target} t"));
    }

    [SkippableTheory]
    [InlineData("numeric", "'NaN'")]
    [InlineData("numeric", "'Infinity'")]
    [InlineData("numeric(400,100)", "1e250 + 1e-90")]
    [InlineData("date", "'infinity'")]
    [InlineData("date", "'4713-01-01 BC'")]
    [InlineData("timestamp", "'-infinity'")]
    [InlineData("timestamp(0)", "'infinity'")]
    [InlineData("timestamp", "'294276-12-31 23:59:59.999999'")]
    [InlineData("timestamptz", "'infinity'")]
    [InlineData("timestamptz", "'0001-12-31 23:59:59.999999+00 BC'")]
    [InlineData("time", "'24:00'")]
    [InlineData("timestamptz", "'294276-12-31 23:59:59.999999+00'")]
    [InlineData("timestamp", "'60000-01-01'")]
    [InlineData("interval", "'1 year 2 months 3 days'")]
    [InlineData("interval", "'2562047788:00:54.775807'")]
    [InlineData("interval", "'100000000 days'")]
    public async Task A_value_that_a_row_cannot_hold_arrives_exactly_where_rows_are_handed_through_and_is_refused_by_name_row_by_row(string type, string literal)
    {
        TableName source = NewName(), packed = NewName(), single = NewName();
        await SqlAsync(
            $"create table {source} (id int, v {type}); create table {packed} (like {source}); create table {single} (like {source}); " +
            $"insert into {source} values (1, null); insert into {source} select 2, cast({literal} as {type})");

        SaveResult through = await CopyAsync(source, packed, new());
        Assert.Equal((HandedThrough, 2), (through.Path, through.Rows));
        // the binary form tells what equality and text do not: every bit
        string send = type.Split('(')[0] + "_send";
        Assert.Empty(await SqlAsync($"select id, {send}(v) as v from {source} except all select id, {send}(v) from {packed}"));
        Assert.Equal([[2, true]], await SqlAsync($"select id, v = cast({literal} as {type}) as same from {packed} where v is not null"));

        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => CopyAsync(source, single, new(), deferred: false));
        Assert.Equal((2L, "v"), (error.Row, error.Column));
        Assert.Contains("Invoke-DbQuery and a cast", error.Message, StringComparison.Ordinal);
        Assert.Equal([[0L]], await SqlAsync($"select count(*) from {single}"));
    }

    [SkippableFact]
    public async Task Floating_points_that_are_no_numbers_arrive_either_way()
    {
        TableName source = NewName();
        await SqlAsync($"create table {source} (r real, d double precision); insert into {source} values ('NaN', '-Infinity'), ('Infinity', 'NaN'), ('-0', '-0'), (null, 5e-324)");
        foreach (bool deferred in new[] { true, false })
        {
            TableName target = NewName();
            await SqlAsync($"create table {target} (like {source})");
            Assert.Equal(deferred ? HandedThrough : "binary COPY", (await CopyAsync(source, target, new(), deferred)).Path);
            Assert.Empty(await SqlAsync($"select float4send(r) as r, float8send(d) as d from {source} except all select float4send(r), float8send(d) from {target}"));
        }
    }

    // only -Timeout limits the time, on no path the driver's own setting
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_source_and_a_slow_target_have_all_the_time_there_is_unless_a_timeout_is_asked_for(bool deferred)
    {
        TableName view = NewName(), table = NewName(), target = NewName();
        await SqlAsync(
            $"create view {view} as select g as id, case when g % 400 = 0 then pg_sleep(1.4) is null end as slow from generate_series(1, 900) g; create table {table} as select 1 as id; " +
            $"create table {target} (id int, slow boolean); create function {target}_wait() returns trigger language plpgsql as 'begin perform pg_sleep(1.6); return null; end'; " +
            $"create trigger wait after insert on {target} for each statement execute function {target}_wait()");
        await using IDbAdapter db = Factory.Create(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["Command Timeout"] = "1" } }, new AdapterServices());
        await db.ConnectAsync(default);

        SaveResult slow = await CopyAsync(new(view) { Deferred = deferred });
        Assert.Equal((deferred ? HandedThrough : "binary COPY", 900), (slow.Path, slow.Rows));

        // who waits for a lock waits before the first byte
        SaveResult locked = await LockedAsync(table, () => CopyAsync(new(table) { Deferred = deferred }));
        Assert.Equal((deferred ? HandedThrough : "binary COPY", 1), (locked.Path, locked.Rows));
        Assert.Equal(1, (await LockedAsync(target, () => CopyAsync(new(table) { Deferred = deferred }))).Rows);

        DbConductorException error = await Fails(DbErrorKind.Timeout, () => CopyAsync(new(view) { Deferred = deferred, Timeout = TimeSpan.FromSeconds(1) }));
        Assert.Contains("-Timeout", error.Message, StringComparison.Ordinal);
        Assert.Equal([[902L]], await SqlAsync($"select count(*) from {target}"));

        async Task<SaveResult> CopyAsync(BatchQuery query)
        {
            await using RowReader rows = await db.GetAsync(query, default);
            return await db.SaveAsync(target, rows, new(), default);
        }

        async Task<SaveResult> LockedAsync(TableName held, Func<Task<SaveResult>> copy)
        {
            await using IDbTransaction holder = await BeginAsync();
            await SqlAsync(holder, $"lock table {held} in access exclusive mode");
            Task<SaveResult> copying = Task.Run(copy);
            await Task.Delay(2000);
            await holder.RollbackAsync(default);
            return await copying;
        }
    }

    [SkippableFact]
    public async Task A_table_that_is_created_and_columns_that_are_picked_and_renamed_are_handed_through()
    {
        TableName source = await FilledAsync(10);
        TableName target = NewName();
        BatchQuery query = new(source) { Columns = [new("m", "price"), new("id", "number"), new("c", "code")], Deferred = true };

        SaveResult result = await CopyAsync(query, target, new() { CreateTable = true });

        Assert.Equal((HandedThrough, 11, true), (result.Path, result.Rows, result.Created));
        Assert.Empty(await SqlAsync($"select m, id, c from {source} except select price, number, code from {target}"));
    }

    [SkippableFact]
    public async Task Where_a_row_must_be_looked_at_none_is_handed_through()
    {
        TableName source = await FilledAsync(10);
        CollectingSink rejects = new();
        Func<BatchQuery, BatchQuery> asItIs = query => query;
        foreach ((string columns, Func<BatchQuery, BatchQuery> query, SaveOptions options) in new (string, Func<BatchQuery, BatchQuery>, SaveOptions)[]
        {
            ("id bigint, v varchar(20)", asItIs, new()), ("id int, v varchar(19)", asItIs, new()), ("id int, v text not null default ''", asItIs, new()),
            ("id int, v varchar(20)", asItIs, new() { BatchId = "packed" }), ("id int, v varchar(20)", asItIs, new() { CommitEvery = 5 }),
            ("id int, v varchar(20)", asItIs, new() { NullTexts = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["v 3"] } }),
            ("id int primary key, v varchar(20)", asItIs, new() { Mode = SaveMode.Upsert }),
            ("id int, v varchar(20)", asItIs, new() { Reject = new() { Sink = rejects } }),
            ("id int, v varchar(20)", query => query with { Where = Filter.All(query.Where!, new CompareFilter("id", CompareOp.LessOrEqual, 11)) }, new()),
        })
        {
            TableName target = NewName();
            await SqlAsync($"create table {target} ({columns})");

            SaveResult result = await CopyAsync(query(new(source) { Columns = [new("id", "id"), new("v", "v")], Where = new NullFilter("v", Negated: true), Deferred = true }), target, options);

            Assert.Equal(10, result.Rows);
            Assert.DoesNotContain("handed through", result.Path, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_server_that_refuses_a_row_that_is_handed_through_names_it_and_keeps_nothing()
    {
        // rows of one width lie in the order in which they were inserted
        TableName source = NewName(), target = NewName();
        await SqlAsync($"create table {source} as select g as l from generate_series(1, 3000) g; create table {target} (l int, check (l <> 2000))");

        DbConductorException error = await Fails(DbErrorKind.Constraint, () => CopyAsync(source, target, new()));

        Assert.Equal(2000, error.Row);
        Assert.Equal([[0L]], await SqlAsync($"select count(*) from {target}"));
    }

    [SkippableFact]
    public async Task What_is_handed_through_ends_when_it_is_cancelled_and_is_part_of_a_transaction()
    {
        TableName source = await FilledAsync(50_000), target = NewName();
        await SqlAsync($"create table {target} ({AllTypes})");
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(source, target, new() { OnProgress = _ => stop.Cancel() }, cancel: stop.Token));
        Assert.Equal([[0L]], await SqlAsync($"select count(*) from {target}"));

        await using (IDbTransaction transaction = await BeginAsync())
        {
            await using RowReader rows = await Db.GetAsync(new(source) { Deferred = true }, default);
            SaveResult result = await transaction.SaveAsync(target, rows, new(), default);
            Assert.Equal((HandedThrough, 50_001), (result.Path, result.Rows));
            await transaction.RollbackAsync(default);
        }

        Assert.Equal([[0L]], await SqlAsync($"select count(*) from {target}"));
    }

    [SkippableFact]
    public async Task A_source_that_breaks_off_while_it_is_handed_through_leaves_nothing()
    {
        TableName source = NewName(), target = NewName();
        await SqlAsync($"create table {target} (id int, q int); create view {source} as select g as id, 1 / (20000 - g) as q from generate_series(1, 30000) g");

        await Fails(DbErrorKind.InvalidData, () => CopyAsync(source, target, new()));

        Assert.Equal([[0L]], await SqlAsync($"select count(*) from {target}"));
        Assert.Equal([[1]], await SqlAsync("select 1"));
    }

    private async Task<TableName> FilledAsync(int rows)
    {
        TableName table = NewName();
        await SqlAsync(
            $"create table {table} ({AllTypes}); insert into {table} select g, g % 2 = 0, g % 32768, g, g / 7.0, g / 100.0, g * 0.5, g * 0.25, repeat('ä名', g % 90), 'v ' || g, 'c' || g % 10, " +
            "decode(lpad(to_hex(g), 8, '0'), 'hex'), date '2000-01-01' + g % 9999, time '00:00' + g * interval '1 ms', timestamp '1999-12-31' + g * interval '1 s', " +
            "timestamptz '1999-12-31 00:00+02' + g * interval '1 s', g * interval '1 s', md5(g::text)::uuid, '{\"a\":1}', jsonb_build_object('n', g) " +
            $"from generate_series(1, {rows}) g; insert into {table} (id) values (0)");
        return table;
    }

    private Task<SaveResult> CopyAsync(TableName from, TableName into, SaveOptions options, bool deferred = true, CancellationToken cancel = default) =>
        CopyAsync(new(from) { Deferred = deferred }, into, options, cancel);

    private async Task<SaveResult> CopyAsync(BatchQuery query, TableName into, SaveOptions options, CancellationToken cancel = default)
    {
        await using RowReader rows = await Db.GetAsync(query, cancel);
        return await Db.SaveAsync(into, rows, options, cancel);
    }
}
