using System.Text.Json.Nodes;
using DbConductor.Adapters.MySql;
using MySqlConnector;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>What MySQL and MariaDB alone do.</summary>
public abstract partial class MySqlFamilyContractTests
{
    public static TheoryData<string, object> MySqlMisfits => new()
    {
        { "tinyint", (short)128 },
        { "tinyint unsigned", (short)-1 },
        { "int unsigned", -1L },
        { "bigint unsigned", -1m },
        { "bit(8)", 256L },
        { "bit(8)", -1L },
        { "bit(64)", -1m },
        { "year", (short)24 },
        { "year", (short)1900 },
        { "decimal(5,2)", 1.234m },
        { "decimal(5,2)", 1000m },
        { "float(7,2)", 1.125f },
        { "double(7,2)", 1.125 },
        { "double(7,2)", 0.30000000000000004 },
        { "float", double.MaxValue },
        { "enum('a','b')", "1" },
        { "enum('a','b')", "A" },
        { "enum('a','b')", "" },
        { "set('a','b')", "a,c" },
        { "set('a','b')", "3" },
        { "binary(4)", new byte[] { 1, 2 } },
        { "binary(4)", new byte[] { 1, 2, 3, 4, 5 } },
        { "varchar(3)", "abcd" },
        { "varchar(3)", "abc " },
        { "tinytext", new string('x', 300) },
        { "tinytext", new string('x', 255) + " " },
        { "varchar(10) character set latin1", "\u540d" },
        { "varchar(10) character set utf8mb3", "\U0001F642" },
        { "time", new TimeSpan(0, 0, 0, 1, 500) },
        { "time(3)", TimeSpan.FromTicks(1) },
        { "time", new TimeSpan(35, 0, 0, 0) },
        { "datetime(3)", new DateTime(2024, 1, 1).AddTicks(1) },
        { "timestamp(3) null", new DateTimeOffset(2024, 1, 1, 0, 0, 0, 0, 1, TimeSpan.Zero) },
        { "timestamp null", new DateTimeOffset(1969, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        { "timestamp null", new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        { "int check (v > 5)", 1 },
    };

    [SkippableFact]
    public async Task A_key_that_is_taken_is_named_by_row_behind_many_megabytes_of_others()
    {
        TableName table = await CreateAsync(["id int!", "v string"], "id");
        string text = new('x', 2000);

        // lines of 20 MB: the row is in the fifth part of what LOAD DATA is sent; a value with a line break is one line
        DbConductorException error = await Fails(
            DbErrorKind.DuplicateKey, () => Db.SaveAsync(table, Spec.Stream(["id int!", "v string"], 10_000, i => [i == 9_000 ? 7 : i, $"{text}\n\\{i}"]), new(), default));

        Assert.Equal(9_000, error.Row);
        Assert.StartsWith("Row 9000: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("one of the rows", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_table_that_is_newer_than_what_a_transaction_sees_is_a_transient_error_or_none()
    {
        TableName table = await CreateAsync(["id int!"], ["id"], [1]);
        TableName rejects = NewName("rejects");

        for (int attempt = 1; ; attempt++)
        {
            await using IDbTransaction transaction = await BeginAsync();
            Assert.Equal(1, await transaction.CountAsync(table, null, default));
            try
            {
                // makes the table of rejects on another connection
                SaveResult result = await transaction.SaveAsync(table, Spec.Rows(["id int"], [1], [2]), Rejecting(new(), rejects), default);
                Assert.Equal((1L, 1L), (result.Rows, result.Rejected));
                await transaction.CommitAsync(default);
                break;
            }
            catch (DbConductorException e) when (attempt == 1)
            {
                Assert.Equal((DbErrorKind.Busy, true), (e.Kind, e.IsTransient));
                Assert.Contains("Send the whole transaction again", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal([[1], [2]], await RowsOf(table));
        Assert.Single(await RejectsOf(rejects));
    }

    [SkippableFact]
    public async Task A_json_column_that_others_made_takes_json_alone()
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, v json, t longtext character set utf8mb4 collate utf8mb4_bin)");

        Assert.Equal(["int", "json", "string"], (await Db.DescribeAsync(table, default))!.Columns.Select(c => c.Type.ToString()));
        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => SaveAsync(table, ["id int", "v string"], [1, "{}"], [2, "{"]));
        Assert.Equal((2, "v"), (error.Row, error.Column));
        await SaveAsync(table, ["id int", "v object"], [1, new JsonObject { ["a"] = 1 }]);
        Assert.Equal(1, JsonNode.Parse((string)(await RowsOf(table))[0][1]!)!["a"]!.GetValue<int>());
    }

    [SkippableTheory]
    [MemberData(nameof(MySqlMisfits))]
    public async Task A_value_that_a_column_would_change_is_refused_by_row_and_column_on_every_path(string type, object value)
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, v {type})");
        await SaveAsync(table, ["id int"], [1]);
        await using IDbAdapter inserting = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = "false" } });
        string[] columns = ["id int", "v object"];
        (bool ByRow, Func<Task> Write)[] writes =
        [
            (true, () => SaveAsync(table, columns, [2, null], [3, value])),
            (true, () => SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, columns, [2, null], [1, value])),
            (true, () => inserting.SaveAsync(table, Spec.Rows(columns, [2, null], [3, value]), new(), default)),
            (false, () => Db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = value }, default)),
        ];
        bool check = type.Contains("check", StringComparison.Ordinal);
        foreach ((bool byRow, Func<Task> write) in writes)
        {
            DbConductorException error = await Fails(check ? DbErrorKind.Constraint : DbErrorKind.InvalidData, write);
            if (!check)
            {
                Assert.True(error.Column == "v", error.ToString());
                Assert.True(!byRow || error.Row == 2, error.ToString());
            }

            if (value is string { Length: > 1 } text)
            {
                Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal([[1, null]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Values_at_the_edges_of_its_types_come_back(bool load)
    {
        (string Type, object Value)[] values =
        [
            ("year", (short)0), ("year", (short)1901), ("year", (short)2155), ("bit(64)", (decimal)ulong.MaxValue), ("bit(8)", 255L), ("bit(1)", true),
            ("bigint unsigned", (decimal)ulong.MaxValue), ("decimal(65,28)", 7.9228162514264337593543950335m), ("decimal(65,0)", decimal.MinValue),
            ("enum('a''b','c,d')", "a'b"), ("enum('a''b','c,d')", "c,d"), ("set('a','b')", "a,b"), ("set('a','b')", ""), ("float(7,2)", 1.25f),
            ("float(7,2)", 12345.67f), ("float(7,2)", -0.1f), ("double(9,3)", 123456.789), ("double(20,4)", 1234567890123.4567),
            (@"enum('back\\slash','a\nb')", @"back\slash"), (@"enum('back\\slash','a\nb')", "a\nb"), (@"set('x\\','y')", @"x\,y"),
            ("time", -new TimeSpan(34, 22, 59, 59)), ("time(6)", new TimeSpan(34, 22, 59, 59)), ("timestamp(6) null", new DateTimeOffset(2038, 1, 19, 3, 14, 7, TimeSpan.Zero)),
            ("timestamp null", new DateTimeOffset(1970, 1, 1, 0, 0, 1, TimeSpan.Zero)), ("binary(3)", new byte[] { 0, 9, 92 }), ("char(5)", " a\t\n"),
            ("varchar(10)", "a  "), ("longtext", "\\N"), ("varchar(10)", "\0\\\u001a"), ("tinytext", ""), ("date", new DateOnly(1, 1, 1)), ("json", JsonNode.Parse("""{"a":[1,null,"\\N"]}""")!),
        ];
        await using IDbAdapter db = await OpenAsync(Profile with
        {
            Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = load ? "true" : "false" },
        });
        List<string> wrong = [];
        foreach ((string type, object value) in values)
        {
            TableName table = NewName();
            await SqlAsync($"create table {table.Name} (id int, v {type})");
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                SaveResult result = await db.SaveAsync(table, Spec.Rows(["id int", "v object"], [1, value]), new(), default);
                Assert.Equal(load ? "LOAD DATA LOCAL" : "prepared inserts of many rows", result.Path);
                object? read = (await RowsOf(table))[0][1];
                Assert.Equal(value is JsonNode json ? json.ToJsonString() : value, read is JsonNode node ? node.ToJsonString() : read);
                Assert.True(value is JsonNode or float or byte[] || await Db.CountAsync(table, Filter.Equal("v", value), default) == 1, "the filter does not find it");
            });
            if (error is not null)
            {
                wrong.Add($"{type}: {error.Message}");
            }
        }

        Assert.Empty(wrong);
    }

    [SkippableFact]
    public async Task Guids_are_bytes_where_that_is_asked_for()
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int, v binary(16), w char(36))");
        Guid guid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        foreach (string load in new[] { "true", "false" })
        {
            await using IDbAdapter db = await OpenAsync(Profile with
            {
                Options = new Dictionary<string, string>(Profile.Options) { ["GuidFormat"] = "Binary16", ["AllowLoadLocalInfile"] = load },
            });
            await db.SaveAsync(table, Spec.Rows(["id int", "v guid", "w guid"], [1, guid, guid]), new SaveOptions { Mode = SaveMode.Overwrite }, default);
            Assert.Equal([[1, guid, guid.ToString("D")]], await RowsOf(db, new BatchQuery(table) { Where = Filter.Equal("v", guid) }));
            Assert.Equal(1, await db.UpdateAsync(table, null, new Dictionary<string, object?> { ["v"] = guid }, default));

            TableName made = NewName();
            await db.SaveAsync(made, Spec.Rows(["id guid", "n int"], [guid, 1]), new SaveOptions { CreateTable = true, Key = ["id"], Mode = SaveMode.Upsert }, default);
            Assert.Equal("binary(16)", (await db.DescribeAsync(made, default))!.Columns[0].NativeType);
            Assert.Equal(1, await db.DeleteAsync(made, Spec.Rows(["id guid"], [guid]), [], default));
        }

        Assert.Equal([[Convert.FromHexString("00112233445566778899AABBCCDDEEFF")]], await SqlAsync($"select v from {table.Name}"));
        await Fails(DbErrorKind.InvalidArgument, () => OpenAsync(Profile with { Options = new Dictionary<string, string> { ["GuidFormat"] = "LittleEndianBinary16" } }));
    }

    [SkippableFact]
    public async Task A_column_for_every_decimal_has_no_precision_that_a_copy_would_take_over()
    {
        TableName table = await CreateAsync(["d decimal", "e decimal(12,2)"]);

        Assert.Equal([new(PortableKind.Decimal), new(PortableKind.Decimal, null, 12, 2)], (await Db.DescribeAsync(table, default))!.Columns.Select(c => c.Type));
    }

    [SkippableFact]
    public async Task Zero_dates_are_refused_or_null()
    {
        TableName table = NewName();
        await using (MySqlConnection connection = await database.OpenAsync())
        {
            await using MySqlCommand command = new(
                $"set sql_mode = ''; create table {table.Name} (id int, d date, t datetime); insert into {table.Name} values (1, '0000-00-00', '2024-00-00 01:02:03')", connection);
            await command.ExecuteNonQueryAsync();
        }

        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => RowsOf(table));
        Assert.Equal("d", error.Column);
        Assert.Contains("ZeroDates", error.Message, StringComparison.Ordinal);
        await using IDbAdapter db = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["ZeroDates"] = "Null" } });
        Assert.Equal([[1, null, null]], await RowsOf(db, new BatchQuery(table)));
    }

    [SkippableFact]
    public async Task Sessions_speak_UTC_and_strictly_whatever_the_server_does()
    {
        object?[][] row = await SqlAsync("select @@time_zone as z, @@sql_mode as m");
        Assert.Equal("+00:00", row[0][0]);
        string mode = (string)row[0][1]!;
        Assert.Contains("STRICT_ALL_TABLES", mode, StringComparison.Ordinal);
        Assert.Contains("NO_AUTO_VALUE_ON_ZERO", mode, StringComparison.Ordinal);

        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id bigint auto_increment primary key, t timestamp(6) default current_timestamp(6))");
        await SaveAsync(table, ["id long"], [0L]);
        object?[] saved = (await RowsOf(table))[0];
        Assert.Equal(0L, saved[0]);
        Assert.InRange((DateTimeOffset)saved[1]!, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [SkippableFact]
    public async Task A_table_whose_engine_has_no_transactions_is_not_written()
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key) engine = MyISAM");

        DbConductorException error = await Fails(DbErrorKind.NotSupported, () => SaveAsync(table, ["id int"], [1]));

        Assert.Contains("InnoDB", error.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.NotSupported, () => SaveAsync(table, new SaveOptions { Mode = SaveMode.Upsert }, ["id int"], [1]));
        Assert.Empty(await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData("create table {0} (id int)")]
    [InlineData("truncate table {1}")]
    [InlineData("commit")]
    public async Task A_statement_that_ends_the_transaction_is_an_error(string sql)
    {
        TableName table = await CreateAsync(["id int"], "id");
        await using IDbTransaction transaction = await BeginAsync();
        await transaction.SaveAsync(table, Spec.Rows(["id int"], [1]), new(), default);

        DbConductorException error = await Fails(
            DbErrorKind.InvalidOperation,
            () => SqlAsync(transaction, string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, NewName().Name, table.Name)));

        Assert.Contains("ended the transaction", error.Message, StringComparison.Ordinal);
        await Fails(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
    }

    [SkippableFact]
    public async Task A_deadlock_ends_the_whole_transaction()
    {
        TableName table = await CreateAsync(["id int", "v int"], ["id"], [1, 0], [2, 0]);
        await using IDbAdapter other = await ConnectAsync();
        await using IDbTransaction one = await BeginAsync();
        await using IDbTransaction two = await other.BeginAsync(System.Data.IsolationLevel.Unspecified, default);
        await Set(one, 1);
        await Set(two, 2);
        Task<long>[] both = [Set(one, 2), Set(two, 1)];
        await Task.WhenAny(Task.WhenAll(both), Task.Delay(20_000));
        Task<long> loser = both.Single(t => t.IsFaulted);

        DbConductorException error = await Fails(DbErrorKind.Deadlock, () => loser);

        Assert.True(error.IsTransient);
        IDbTransaction lost = loser == both[0] ? one : two;
        await Fails(DbErrorKind.InvalidOperation, () => Set(lost, 1));
        await lost.RollbackAsync(default);
        await (lost == one ? two : one).CommitAsync(default);

        Task<long> Set(IDbTransaction transaction, int id) => transaction.UpdateAsync(table, Filter.Equal("id", id), new Dictionary<string, object?> { ["v"] = 1 }, default);
    }

    [SkippableFact]
    public async Task Rows_larger_than_a_packet_go_over_in_pieces_or_are_refused()
    {
        long packet = Convert.ToInt64((await SqlAsync("select @@max_allowed_packet as p"))[0][0], System.Globalization.CultureInfo.InvariantCulture);
        SkipUnless(packet <= 1 << 26, "the server takes packets that are too large for a test");
        TableName table = await CreateAsync(["id int", "v string"], "id");
        await using IDbAdapter db = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = "false" } });
        string part = new('x', (int)(packet / 10));

        await db.SaveAsync(table, Spec.Stream(["id int", "v string"], 25, i => [i, part]), new(), default);

        Assert.Equal(25, await Db.CountAsync(table, null, default));
        string whole = new('x', (int)packet + 1);
        await Fails(DbErrorKind.LimitExceeded, () => db.SaveAsync(table, Spec.Rows(["id int", "v string"], [100, whole]), new(), default));
        Assert.Equal(25, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task A_duplicate_is_named_by_its_key_and_not_by_its_value()
    {
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int, v varchar(20), unique key one_v (v))");

        DbConductorException error = await Fails(DbErrorKind.DuplicateKey, () => SaveAsync(table, ["id int", "v string"], [1, "secret 'for' me"], [2, "secret 'for' me"]));

        Assert.Contains("one_v", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Row);
    }

    // LOAD DATA LOCAL goes on past a duplicate, and tells of it without its row
    [SkippableFact]
    public async Task A_duplicate_names_its_row_on_every_path()
    {
        TableName table = await CreateAsync(["id int!", "v string"], ["id"], [700, "old"]);
        await using IDbAdapter inserting = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = "false" } });

        DbConductorException byInserts = await Fails(DbErrorKind.DuplicateKey, () => inserting.SaveAsync(table, Rows(1200), new(), default));
        Assert.Equal(700, byInserts.Row);
        Assert.Contains("Row 700: ", byInserts.Message, StringComparison.Ordinal);
        Assert.Contains("PRIMARY", byInserts.Message, StringComparison.Ordinal);

        DbConductorException byLoad = await Fails(DbErrorKind.DuplicateKey, () => Db.SaveAsync(table, Rows(1200), new() { BatchSize = 500 }, default));
        Assert.Equal(700, byLoad.Row);
        Assert.Contains("Row 700: ", byLoad.Message, StringComparison.Ordinal);
        Assert.Equal([[700, "old"]], await RowsOf(table));

        static RowReader Rows(int count) => Spec.Stream(["id int", "v string"], count, i => [i, "x"]);
    }

    [SkippableFact]
    public async Task A_key_or_check_that_does_not_hold_names_its_row_on_every_path()
    {
        TableName owner = await CreateAsync(["id int!"], ["id"], [1]);
        TableName table = NewName();
        await SqlAsync($"create table {table.Name} (id int primary key, owner int, v int check (v > 0), foreign key (owner) references {owner.Name} (id))");
        await using IDbAdapter inserting = await OpenAsync(Profile with { Options = new Dictionary<string, string>(Profile.Options) { ["AllowLoadLocalInfile"] = "false" } });

        foreach ((int bad, object?[] cells) in new[] { (1, (object?[])[2, 1]), (437, [2, 1]), (500, [1, 0]), (501, [1, 0]), (600, [2, 1]) })
        {
            foreach (IDbAdapter db in new[] { Db, inserting })
            {
                RowReader rows = Spec.Stream(["id int", "owner int", "v int"], 600, i => i == bad ? [i, cells[0], cells[1]] : [i, 1, 1]);
                Assert.Equal(bad, (await Fails(DbErrorKind.Constraint, () => db.SaveAsync(table, rows, new(), default))).Row);
            }
        }

        Assert.Empty(await RowsOf(table));
    }

    [SkippableFact]
    public async Task A_certificate_that_is_not_trusted_is_an_error_of_TLS_with_its_remedy()
    {
        DbConductorException error = await Fails(
            DbErrorKind.Connection,
            () => OpenAsync(Profile with { Options = new Dictionary<string, string> { ["SslMode"] = "VerifyFull" } }));

        Assert.Contains("SslMode", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_server_reached_through_its_socket()
    {
        string socket = (string)(await SqlAsync("select @@socket as s"))[0][0]!;
        if (!Path.IsPathRooted(socket))
        {
            socket = Path.Combine((string)(await SqlAsync("select @@datadir as d"))[0][0]!, socket);
        }

        SkipUnless(File.Exists(socket), "the server's socket is on another machine");
        SkipUnless(socket.Length < 108, "the path is longer than a socket's may be");
        await using IDbAdapter db = await OpenAsync(Profile with { Server = socket, Port = null });
        await db.PingAsync(default);
        Assert.Contains(socket, db.Info.Location, StringComparison.Ordinal);
    }

    private static async Task<IDbAdapter> OpenAsync(AdapterProfile profile, AdapterServices? services = null)
    {
        IDbAdapter adapter = new MySqlAdapterFactory().Create(profile, services ?? new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }
}
