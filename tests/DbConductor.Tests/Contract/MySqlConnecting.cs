using System.Net;
using System.Net.Sockets;
using DbConductor.Adapters.MySql;
using DbConductor.Tests.Rows;
using DbConductor.Tests.Servers;
using DbConductor.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbConductor.Tests.Contract;

// how the server lets itself be reached, and by which path rows go there
public abstract partial class MySqlFamilyContractTests
{
    [SkippableFact]
    public async Task Without_local_infile_on_the_server_rows_go_by_inserts_and_that_is_said_once()
    {
        CollectingLogger log = new();
        using LoggerFactory logging = new([new Provider(log)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        TableName table = await CreateAsync(Pair, "id");
        await SqlAsync("set global local_infile = 0");
        try
        {
            await using IDbAdapter db = await OpenAsync(Profile, new AdapterServices { Logging = logging });
            SaveResult inserted = await db.SaveAsync(table, Spec.Stream(Pair, 5000, i => [i, "x" + i]), new(), default);
            SaveResult merged = await db.SaveAsync(table, Spec.Stream(Pair, 6000, i => [i, "y" + i]), new() { Mode = SaveMode.Upsert }, default);
            await db.ConnectAsync(default);

            Assert.Equal((5000L, 6000L), (inserted.Rows, merged.Rows));
            Assert.Equal("prepared inserts of many rows", inserted.Path);
            Assert.Equal("prepared inserts of many rows", db.Info.BulkPath);
            Assert.Single(log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("SET GLOBAL local_infile", StringComparison.Ordinal));
        }
        finally
        {
            await SqlAsync("set global local_infile = 1");
        }

        Assert.Equal(6000, await Db.CountAsync(table, null, default));
        Assert.Equal([[3000, "y3000"]], await RowsOf(table, where: Filter.Equal("id", 3000)));
    }

    [SkippableFact]
    public async Task A_connection_that_the_server_has_ended_for_idleness_is_a_lost_one()
    {
        await using IDbTransaction transaction = await BeginAsync();
        await using (await transaction.QueryAsync(new NativeQuery("set session wait_timeout = 1"), default))
        {
        }

        await Task.Delay(TimeSpan.FromSeconds(2.5));

        DbConductorException error = await Fails(DbErrorKind.Connection, () => transaction.QueryAsync(new NativeQuery("select 1"), default));
        Assert.True(error.IsTransient);
    }

    [SkippableFact]
    public async Task A_trigger_that_is_not_there_is_none_of_the_connection()
    {
        // MariaDB has for this the number with which MySQL ends a connection that was idle
        TableName table = await CreateAsync(Pair, "id");

        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(
            () => SqlAsync($"create trigger {table.Name}_t before insert on {table.Name} for each row follows no_such_trigger set new.name = 'x'"));

        Assert.NotEqual(DbErrorKind.Connection, error.Kind);
        Assert.False(error.IsTransient);
    }

    [SkippableTheory]
    [InlineData("sql_notes", true)]
    [InlineData("max_error_count", false)]
    public async Task Blanks_that_are_cut_are_an_error_also_where_the_server_counts_no_notes_or_keeps_no_warnings(string variable, bool isNamed)
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int, v varchar(3))");
        object? before = (await SqlAsync($"select @@global.{variable} as n"))[0][0];
        await SqlAsync($"set global {variable} = 0");
        try
        {
            foreach (string load in new[] { "true", "false" })
            {
                await using IDbAdapter db = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = load } });
                DbConductorException error = await Fails(DbErrorKind.InvalidData, () => db.SaveAsync(table, Spec.Rows(["id int", "v string"], [1, "abc"], [2, "abc "]), new(), default));
                Assert.True(!isNamed || (error.Row, error.Column) == (2L, "v"), error.ToString());
            }
        }
        finally
        {
            await SqlAsync($"set global {variable} = {before}");
        }

        Assert.Empty(await RowsOf(table));
    }

    // the server keeps what a user's password hashes to once it has seen it: until then, and after its start, the password itself has to go over. By way of an
    // address that is not the machine's own, since the driver trusts 127.0.0.1 with it
    [SkippableFact]
    public async Task A_password_that_may_not_go_over_in_the_open_is_an_error_with_the_remedies()
    {
        SkipUnless(await SqlAsync("select 1 from information_schema.plugins where plugin_name = 'caching_sha2_password'") is [_], "the server has no caching_sha2_password");
        IPAddress? address = Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        SkipUnless(address is not null, "the machine has no address but 127.0.0.1");
        using CuttingProxy relay = new(Profile.Port!.Value, address);
        string user = "u" + Guid.NewGuid().ToString("N")[..20];
        AdapterProfile open = Profile with { Server = address!.ToString(), Port = relay.Port, UserName = user, Password = new Secret("pl;'a\"in"), Options = new Dictionary<string, string> { ["SslMode"] = "None" } };
        await SqlAsync($"create user {user}@'%' identified with caching_sha2_password by 'pl;''a\"in'");
        await SqlAsync($"grant all on `{Profile.Database}`.* to {user}@'%'");
        try
        {
            await RefusedAsync();
            await PingAsync(With("AllowPublicKeyRetrieval", "true"));
            await PingAsync(open);
            await SqlAsync("flush privileges");
            await RefusedAsync();
            await PingAsync(With("SslMode", "Required"));

            await SqlAsync("flush privileges");
            string key = Path.GetTempFileName();
            await File.WriteAllTextAsync(key, (string)(await SqlAsync("show status like 'Caching_sha2_password_rsa_public_key'"))[0][1]!);
            await PingAsync(With("ServerRsaPublicKeyFile", key));
            File.Delete(key);

            DbConductorException wrong = await Fails(
                DbErrorKind.Authentication, () => OpenAsync(With("AllowPublicKeyRetrieval", "true") with { Password = new Secret("wrong") }));
            Assert.Contains("user name and password", wrong.Message, StringComparison.Ordinal);
        }
        finally
        {
            await SqlAsync($"drop user {user}@'%'");
        }

        AdapterProfile With(string option, string value) => open with { Options = new Dictionary<string, string>(open.Options) { [option] = value } };

        static async Task PingAsync(AdapterProfile profile)
        {
            await using IDbAdapter db = await OpenAsync(profile);
            await db.PingAsync(default);
        }

        async Task RefusedAsync()
        {
            DbConductorException error = await Fails(DbErrorKind.Authentication, () => OpenAsync(open));
            Assert.False(error.IsTransient);
            Assert.Equal($"{open.Server}:{open.Port}/{open.Database}", error.Target);
            foreach (string word in new[] { error.Target!, "caching_sha2_password", "SslMode = 'Required'", "ServerRsaPublicKeyFile", "AllowPublicKeyRetrieval" })
            {
                Assert.Contains(word, error.Message, StringComparison.Ordinal);
            }

            Assert.DoesNotContain("pl;'a", error.ToString(), StringComparison.Ordinal);
        }
    }

    // only -Timeout limits the time, not the driver's own setting
    [SkippableFact]
    public async Task A_commit_has_all_the_time_there_is()
    {
        TableName table = await CreateAsync(Pair, "id");
        await using IDbAdapter db = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["DefaultCommandTimeout"] = "1" } });
        await using IDbTransaction transaction = await db.BeginAsync(System.Data.IsolationLevel.Unspecified, default);
        await transaction.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), new(), default);
        await using MySqlConnector.MySqlConnection backup = await database.OpenAsync();
        await using MySqlConnector.MySqlCommand command = new("flush tables with read lock", backup);
        await command.ExecuteNonQueryAsync();

        Task commit = Task.Run(() => transaction.CommitAsync(default));
        await Task.Delay(2500);
        Assert.False(commit.IsCompleted, $"{commit.Status} {commit.Exception}");
        await backup.CloseAsync();
        await commit;

        Assert.Equal([[1, "x"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_session_needs_no_more_than_rights_on_its_database()
    {
        string user = "u" + Guid.NewGuid().ToString("N")[..20];
        try
        {
            // an anonymous user of localhost would go before one of anywhere
            foreach (string host in new[] { "%", "localhost" })
            {
                await SqlAsync($"create user {user}@'{host}' identified by 'plain'");
                await SqlAsync($"grant all on `{Profile.Database}`.* to {user}@'{host}'");
            }

            await using IDbAdapter db = await OpenAsync(Profile with { UserName = user, Password = new Secret("plain") });
            TableName table = NewName();
            await db.SaveAsync(table, Spec.Rows(Pair, [1, "x"]), new() { CreateTable = true, Key = ["id"], Mode = SaveMode.Upsert }, default);
            Assert.Equal(1, await db.CountAsync(table, null, default));
        }
        finally
        {
            await SqlAsync($"drop user if exists {user}@'%', {user}@localhost");
        }
    }

    // as on a server where sql_generate_invisible_primary_key is on, which only MySQL has
    [SkippableFact]
    public async Task A_key_that_the_server_made_is_no_column_of_the_rows()
    {
        SkipUnless(await SqlAsync("show variables like 'sql_generate_invisible_primary_key'") is [_], "the server makes no keys");
        TableName table = NewName();
        await using (MySqlConnector.MySqlConnection connection = await database.OpenAsync())
        {
            await using MySqlConnector.MySqlCommand command = new($"set sql_generate_invisible_primary_key = on; create table {table.Name} (id int, v varchar(20))", connection);
            await command.ExecuteNonQueryAsync();
        }

        await SaveAsync(table, Pair, [1, "x"], [1, "y"]);
        TableSchema schema = (await Db.DescribeAsync(table, default))!;

        Assert.Equal(["id", "v"], schema.Columns.Select(c => c.Name));
        Assert.Empty(schema.Key);
        Assert.Equal([[1, "x"], [1, "y"]], await RowsOf(table));
        await Fails(DbErrorKind.InvalidArgument, () => SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, Pair, [1, "z"]));
    }

    // of the operator's own tables the server's error asks for -Key
    [SkippableFact]
    public async Task Our_own_tables_have_a_key_where_the_server_demands_one()
    {
        Dictionary<string, string> variables = (await SqlAsync(MySqlCapabilities.Sql)).ToDictionary(row => (string)row[0]!, row => (string)row[1]!);
        SkipUnless(variables.ContainsKey("sql_generate_invisible_primary_key"), "the server makes no keys");
        variables["sql_require_primary_key"] = "ON";
        MySqlDialect dialect = new(MySqlCapabilities.From(variables, "here"), binaryGuids: false);
        TableName table = new(null, $"dbconductor_stash_{Guid.NewGuid():N}");
        await using (MySqlConnector.MySqlConnection connection = await database.OpenAsync())
        {
            await using MySqlConnector.MySqlCommand command = new($"set sql_require_primary_key = on; {dialect.CreateTable(table, Spec.Table(Pair))}", connection);
            await command.ExecuteNonQueryAsync();
            command.CommandText = dialect.CreateTable(new(null, "mine"), Spec.Table(Pair));
            Assert.Equal(3750, (await Assert.ThrowsAsync<MySqlConnector.MySqlException>(() => command.ExecuteNonQueryAsync())).Number);
        }

        SaveResult saved = await SaveAsync(table, Pair, [1, "x"], [1, "y"]);

        Assert.Equal(2, saved.Rows);
        Assert.Equal(["id", "v"], (await Db.DescribeAsync(table, default))!.Columns.Select(c => c.Name));
        Assert.Equal([[1, "x"], [1, "y"]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task TLS_is_used_where_it_is_asked_for_or_its_lack_is_an_error_with_the_remedy()
    {
        bool offers = (await SqlAsync("show variables like 'ssl_cert'")) is [[_, string { Length: > 0 }]];
        Dictionary<string, string> Options(string mode) => new(Profile.Options) { ["SslMode"] = mode };

        await using (IDbAdapter plain = await OpenAsync(Profile with { Options = Options("None") }))
        {
            Assert.Equal("", await CipherAsync(plain));
        }

        if (offers)
        {
            await using IDbAdapter secure = await OpenAsync(Profile with { Options = Options("Required") });
            Assert.NotEqual("", await CipherAsync(secure));
            DbConductorException foreign = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Options = Options("VerifyCA") }));
            Assert.Contains("SslCa", foreign.Message, StringComparison.Ordinal);
        }
        else
        {
            DbConductorException lacking = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Options = Options("Required") }));
            Assert.Contains("SslMode", lacking.Message, StringComparison.Ordinal);
        }

        static async Task<object?> CipherAsync(IDbAdapter db) => (await SqlAsync(db, "show session status like 'Ssl_cipher'"))[0][1];
    }

    [SkippableFact]
    public async Task A_socket_that_there_is_not_is_named_with_the_remedy()
    {
        string socket = $"/tmp/no-such-{Guid.NewGuid():N}.sock";
        DbConductorException error = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Server = socket, Port = null }));

        Assert.Contains(socket, error.Message, StringComparison.Ordinal);
        Assert.Contains("@@socket", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_column_that_comes_late_is_added_where_that_is_asked_for()
    {
        TableName table = await CreateAsync(["id int!"], ["id"], [1]);
        TestRows rows = new((TestRows.Of("id:int"), [[2]]), (TestRows.Of("id:int", "late:string", "n:long"), [[3, "x", 5L]]));

        SaveResult result = await Db.SaveAsync(table, rows, new() { OnNewColumn = NewColumnPolicy.Add }, default);

        Assert.Equal(2, result.Rows);
        Assert.Equal([[1, null, null], [2, null, null], [3, "x", 5L]], await RowsOf(table));
    }
}
