using System.Net;
using System.Net.Sockets;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Tests.Servers;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>PostgreSQL, in a database of its own on the server that the environment names.</summary>
public sealed partial class PostgreSqlContractTests(PostgreSqlDatabase database) : ContractTests, IClassFixture<PostgreSqlDatabase>
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    /// <inheritdoc/>
    protected override IAdapterFactory Factory { get; } = new PostgreSqlAdapterFactory();

    /// <inheritdoc/>
    protected override AdapterProfile Profile => database.Profile;

    /// <inheritdoc/>
    protected override IEnumerable<(string What, AdapterProfile Profile, DbErrorKind Kind)> BadProfiles
    {
        get
        {
            _silent.Start();
            int silentPort = ((IPEndPoint)_silent.LocalEndpoint).Port;
            Secret wrong = new("wr0ng;'pass\"word");
            return
            [
                ("a host that there is not", Profile with { Server = "no-such-host.invalid" }, DbErrorKind.Connection),
                ("a port where nobody listens", Profile with { Port = ThrowawayServer.FreePort() }, DbErrorKind.Connection),
                ("a server that never answers", Profile with { Port = silentPort, Timeout = TimeSpan.FromSeconds(1) }, DbErrorKind.Timeout),
                ("a wrong password", Profile with { Password = wrong }, DbErrorKind.Authentication),
                ("no password", Profile with { Password = null }, DbErrorKind.Authentication),
                ("a user that there is not", Profile with { UserName = "nobody here", Password = wrong }, DbErrorKind.Authentication),
                ("a database that there is not", Profile with { Database = "no such database" }, DbErrorKind.NotFound),
            ];
        }
    }

    /// <summary>PostgreSQL's times end at the microsecond, its texts and JSON have no NUL.</summary>
    protected override IReadOnlySet<string> JoinedHere { get; } = new HashSet<string>
    {
        "int:int", "int:long", "short:long", "long:decimal(18,2)", "decimal(18,2):decimal(18,4)", "double:double", "float:double", "string:string",
        "string(20):string", "bool:bool", "date:date", "date:datetime", "datetime:datetime", "datetimeoffset:datetimeoffset", "time:time",
        "guid:guid", "binary(16):binary", "int+string:int+string",
    };

    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string>
    {
        "string: NUL", "json: NUL in a text", "time: last tick", "datetime: last tick", "datetime: a tick", "datetimeoffset: last tick", "timespan: a tick", "timespan: greatest",
    };

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal, object Expected)> NativeValues =>
    [
        ("numeric", "1.50", 1.50m), ("numeric(20,4)", "1.5", 1.5m), ("char(3)", "'a'", "a  "), ("name", "'n'", "n"), ("integer[]", "'{1,2}'", "{1,2}"), ("text[]", "'{a,\"b c\"}'", "{a,\"b c\"}"),
        ("inet", "'10.0.0.1/8'", "10.0.0.1/8"), ("bit(3)", "B'101'", "101"), ("point", "'(1,2)'", "(1,2)"), ("int4range", "'[1,5)'", "[1,5)"),
        ("time with time zone", "'10:00+02'", "10:00:00+02"), ("timestamp(3)", "'2024-02-29 01:02:03.123'", new DateTime(2024, 2, 29, 1, 2, 3, 123)), ("json", "'{\"a\":1}'", System.Text.Json.Nodes.JsonNode.Parse("{\"a\":1}")!),
        ("interval", "'1 day 02:03:04.000005'", new TimeSpan(1, 2, 3, 4).Add(TimeSpan.FromTicks(50))), ("interval day to second", "'-00:00:01'", TimeSpan.FromSeconds(-1)), ("oid", "7", "7"), ("xml", "'<a/>'", "<a/>"),
        ("contract_mood", "'happy'", "happy"), ("contract_small", "3", 3), ("timestamptz", "'2024-02-29 01:02:03+05'", new DateTimeOffset(2024, 2, 28, 20, 2, 3, TimeSpan.Zero)), ("tsvector", "'a b'", "'a' 'b'"),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal)> UnreadableValues =>
    [
        ("numeric", "'NaN'"), ("numeric", "123456789012345678901234567890.5"), ("numeric", "0.00000000000000000000000000000001"), ("timestamp", "'infinity'"), ("timestamptz", "'-infinity'"), ("date", "'infinity'"),
        ("date", "'0044-03-15 BC'"), ("timestamp", "'20000-01-01'"), ("interval", "'1 month'"), ("time", "'24:00'"),
    ];

    /// <inheritdoc/>
    protected override string IdentityColumn => "bigint generated always as identity primary key";

    /// <inheritdoc/>
    protected override string? IgnoreCaseColumn => "text collate contract_ci";

    /// <summary>bytea has no length.</summary>
    protected override bool BinaryLengths => false;

    /// <inheritdoc/>
    protected override string? OtherSchema => PostgreSqlDatabase.OtherSchema;

    /// <inheritdoc/>
    protected override string EndlessQuery(string mark) => $"select pg_sleep(600) as {mark}";

    /// <inheritdoc/>
    protected override async Task<bool?> IsRunningAsync(string mark)
    {
        await using NpgsqlConnection connection = await database.OpenAsync();
        await using NpgsqlCommand command = new("select exists (select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1)", connection)
        {
            Parameters = { new() { Value = $"%{mark}%" } },
        };
        return (bool?)await command.ExecuteScalarAsync();
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        _silent.Stop();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_notice_of_the_server_is_passed_on()
    {
        List<string> notices = [];
        await using (IQueryResults results = await Db.QueryAsync(
            new NativeQuery("do $$ begin raise notice 'so far so %', 'good'; end $$") { OnNotice = notices.Add }, default))
        {
            Assert.Null(await results.NextAsync(default));
        }

        Assert.Contains("so far so good", Assert.Single(notices), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_savepoint_is_not_released_as_good_while_a_deferred_constraint_does_not_hold()
    {
        TableName parent = NewName("parent");
        TableName child = NewName("child");
        await SqlAsync($"create table {parent.Name} (id int primary key)");
        await SqlAsync($"create table {child.Name} (id int primary key, parent int references {parent.Name}(id) deferrable initially deferred)");
        await using IDbTransaction transaction = await BeginAsync();
        await transaction.SaveAsync("inner", default);
        await transaction.SaveAsync(child, Spec.Rows(["id int", "parent int"], [1, 99]), new(), default);

        await Fails(DbErrorKind.Constraint, () => transaction.ReleaseAsync("inner", default));
        await transaction.RollbackToAsync("inner", default);
        await transaction.CommitAsync(default);

        Assert.Equal(0, await Db.CountAsync(child, null, default));
    }

    [SkippableFact]
    public async Task A_serialization_failure_may_be_tried_again()
    {
        TableName table = await CreateAsync(["id int!", "n int"], ["id"], [1, 0]);
        await using IDbTransaction one = await Db.BeginAsync(System.Data.IsolationLevel.RepeatableRead, default);
        await using IDbTransaction two = await Db.BeginAsync(System.Data.IsolationLevel.RepeatableRead, default);
        Dictionary<string, object?> set = new() { ["n"] = 1 };
        Assert.Equal(1, await two.CountAsync(table, null, default));
        await one.UpdateAsync(table, null, set, default);
        await one.CommitAsync(default);

        DbConductorException error = await Fails(DbErrorKind.Deadlock, () => two.UpdateAsync(table, null, set, default));
        Assert.True(error.IsTransient);
    }

    /// <inheritdoc/>
    protected override string RefuseByTrigger(TableName table) =>
        $"""
        create function {table.Name}_f() returns trigger language plpgsql as 'begin if new.v = ''bad'' then raise exception ''no bad ones''; end if; return new; end';
        create trigger tr before insert or update on {table.Name} for each row execute function {table.Name}_f();
        """;

    [SkippableFact]
    public async Task Triggers_and_grants_survive_an_overwrite()
    {
        TableName table = NewName();
        await SqlAsync(
            $"""
            create table {table.Name} (id int primary key, v int, changed int default 0);
            create function {table.Name}_f() returns trigger language plpgsql as 'begin new.changed := 1; return new; end';
            create trigger tr before insert or update on {table.Name} for each row execute function {table.Name}_f();
            grant select on {table.Name} to public;
            """);
        await SaveAsync(table, ["id int", "v int"], [1, 1]);

        await SaveAsync(table, new SaveOptions { Mode = SaveMode.Overwrite }, ["id int", "v int"], [2, 2]);

        Assert.Equal([[2, 2, 1]], await RowsOf(table));
        Assert.Equal([[true]], await SqlAsync($"select has_table_privilege('public', '{table.Name}', 'select') as ok"));
    }

    [SkippableTheory]
    [InlineData("timestamp(3)", "2024-02-29 12:00:00.1234")]
    [InlineData("timestamptz(0)", "2024-02-29 12:00:00.5Z")]
    [InlineData("time", "12:00:00.0000001")]
    [InlineData("interval", "1.00:00:00.0000001")]
    public async Task A_time_finer_than_its_column_is_refused_on_every_way_in_where_the_server_would_round_it(string type, string text)
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, v {type})");
        await SaveAsync(table, ["id int"], [1]);

        Func<Task>[] writes =
        [
            () => SaveAsync(table, ["id int", "v string"], [2, text]),
            () => SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, ["id int", "v string"], [1, text]),
            () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = text }, default),
        ];
        foreach (Func<Task> write in writes)
        {
            Assert.Equal("v", (await Fails(DbErrorKind.InvalidData, write)).Column);
        }

        Assert.Equal([[1, null]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData("select cast('sec\"ret' as int)")]
    [InlineData("select cast('99999999999999' as int)")]
    [InlineData("select cast('2024-13-99999999999999' as date)")]
    public async Task A_message_of_the_server_about_a_value_does_not_show_the_value(string sql)
    {
        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => SqlAsync(sql));

        Assert.DoesNotContain("ret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("99999999999999", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("inet '10.1.2.3/8'", "10.1.2.3/8")]
    [InlineData("inet '10.1.2.3'", "10.1.2.3")]
    [InlineData("cidr '10.0.0.0/8'", "10.0.0.0/8")]
    [InlineData("bit(5) '10010'", "10010")]
    [InlineData("varbit '101'", "101")]
    [InlineData("array[1, null, 3]", "[1,null,3]")]
    [InlineData("array[[1, 2], [3, null]]", "[[1,2],[3,null]]")]
    [InlineData("array['a', null]", "[\"a\",null]")]
    public async Task A_querys_values_of_its_own_types_are_whole(string sql, string expected)
    {
        object? value = Assert.Single(Assert.Single(await SqlAsync($"select {sql} as v")));

        Assert.Equal(expected, value is System.Text.Json.Nodes.JsonNode json ? json.ToJsonString() : value?.ToString());
    }

    [SkippableFact]
    public async Task What_the_user_may_not_do_is_a_matter_of_permission()
    {
        TableName table = await CreateAsync(["id int"], [], [1]);
        string user = "contract_user_" + Guid.NewGuid().ToString("N");
        await SqlAsync($"create role {user} login password 'only-for-this'; grant select on {table.Name} to {user}");
        await using IDbAdapter session = Factory.Create(Profile with { UserName = user, Password = new Secret("only-for-this") }, new AdapterServices());
        await session.ConnectAsync(default);

        Assert.Equal(1, await session.CountAsync(table, null, default));
        await Fails(DbErrorKind.Permission, () => session.SaveAsync(table, Spec.Rows(["id int"], [2]), new(), default));
        await session.DisposeAsync();
        await SqlAsync($"drop owned by {user}; drop role {user}");
    }
}
