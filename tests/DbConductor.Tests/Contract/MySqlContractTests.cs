using DbConductor.Adapters.MySql;
using DbConductor.Tests.Servers;
using MySqlConnector;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>What MySQL and MariaDB have in common, each in a database of its own on the server that the environment names.</summary>
public abstract partial class MySqlFamilyContractTests(MySqlDatabase database) : ContractTests
{
    /// <inheritdoc/>
    protected override IAdapterFactory Factory { get; } = new MySqlAdapterFactory();

    /// <inheritdoc/>
    protected override AdapterProfile Profile => database.Profile;

    /// <inheritdoc/>
    protected override IEnumerable<(string What, AdapterProfile Profile, DbErrorKind Kind)> BadProfiles
    {
        get
        {
            Secret wrong = new("wr0ng;'pass\"word");
            return
            [
                ("a host that there is not", Profile with { Server = "no-such-host.invalid" }, DbErrorKind.Connection),
                ("a port where nobody listens", Profile with { Port = ThrowawayServer.FreePort() }, DbErrorKind.Connection),
                ("a wrong password", Profile with { Password = wrong }, DbErrorKind.Authentication),
                ("a user that there is not", Profile with { UserName = "nobody here", Password = wrong }, DbErrorKind.Authentication),
                ("a database that there is not", Profile with { Database = "no such database" }, DbErrorKind.NotFound),
            ];
        }
    }

    /// <summary>Times end at the microsecond and at 838 hours; there is neither NaN nor infinity.</summary>
    protected override IReadOnlySet<string> JoinedHere { get; } = new HashSet<string>
    {
        "int:int", "int:long", "short:long", "long:decimal(18,2)", "decimal(18,2):decimal(18,4)", "double:double", "string:string",
        "string(20):string", "guid:guid", "binary(16):binary", "int+string:int+string",
    };

    protected override IReadOnlySet<JoinType> NotJoinedHere { get; } = new HashSet<JoinType> { JoinType.Full };

    protected override IReadOnlySet<string> Refused => RefusedByBoth;

    private protected static readonly HashSet<string> RefusedByBoth =
    [
        "time: last tick", "datetime: last tick", "datetime: a tick", "datetimeoffset: last tick", "timespan: a tick", "timespan: greatest",
        "timespan: greatest microsecond", "timespan: smallest microsecond", "timespan: beyond a day", "timespan: negative beyond a day",
        "float: NaN", "float: infinity", "float: negative infinity", "double: NaN", "double: infinity", "double: negative infinity",
    ];

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal, object Expected)> NativeValues =>
    [
        ("tinyint", "-128", (short)-128), ("tinyint unsigned", "255", (short)255), ("smallint unsigned", "65535", 65535), ("mediumint unsigned", "16777215", 16777215),
        ("int unsigned", "4294967295", 4294967295L), ("bigint unsigned", "18446744073709551615", 18446744073709551615m), ("decimal(20,4)", "1.5", 1.5m),
        ("bit(1)", "b'1'", true), ("bit(8)", "b'101'", 5L), ("year", "2024", (short)2024), ("time(6)", "'-838:59:59'", -new TimeSpan(34, 22, 59, 59)),
        ("enum('a','b')", "'b'", "b"), ("set('a','b')", "'a,b'", "a,b"), ("char(3)", "'a'", "a"), ("tinytext", "'t'", "t"),
        ("timestamp(3) null", "'2024-02-29 01:02:03.123'", new DateTimeOffset(2024, 2, 29, 1, 2, 3, 123, TimeSpan.Zero)), ("datetime", "'2024-02-29 01:02:03'", new DateTime(2024, 2, 29, 1, 2, 3)),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<(string Type, string Literal)> UnreadableValues =>
    [
        ("tinyint(1)", "5"), ("decimal(65,30)", "12345678901234567890123456789012345.5"), ("decimal(40,30)", "0.000000000000000000000000000001"),
    ];

    /// <inheritdoc/>
    protected override string IdentityColumn => "bigint auto_increment primary key";

    /// <inheritdoc/>
    protected override string? IgnoreCaseColumn => "varchar(50) character set utf8mb4 collate utf8mb4_unicode_ci";

    /// <inheritdoc/>
    protected override bool CaseDistinctColumns => false;

    /// <inheritdoc/>
    protected override string? OtherSchema => database.OtherSchema;

    /// <summary>Names cannot end with a blank, nor have a character beyond U+FFFF.</summary>
    protected override IReadOnlySet<string> ImpossibleNames { get; } = new HashSet<string> { " blanks around ", "\U0001F642" };

    /// <inheritdoc/>
    protected override string RefuseByTrigger(TableName table) =>
        $"create trigger {table.Name}_t before insert on {table.Name} for each row begin if new.v = 'bad' then signal sqlstate '45000' set message_text = 'no bad ones'; end if; end";

    /// <inheritdoc/>
    protected override bool DeferredConstraints => false;

    /// <inheritdoc/>
    protected override string IsDistinct(string left, string right) => $"not ({left} <=> {right})";

    /// <summary>
    /// Of ten rows times ten and so on: a recursive query would be worked out to its end before its first row is given. By left joins, since MySQL
    /// would write an inner join's left side into a hash table first (https://dev.mysql.com/doc/refman/8.4/en/hash-joins.html).
    /// </summary>
    protected override string ManyRows
    {
        get
        {
            string ten = string.Join(" union all ", Enumerable.Range(0, 10).Select(i => $"select {i} as i"));
            return $"select t1.i from ({ten}) t1{string.Concat(Enumerable.Range(2, 8).Select(i => $" left join ({ten}) t{i} on true"))}";
        }
    }

    /// <inheritdoc/>
    protected override string EndlessQuery(string mark) => $"select count(*) as {mark} from information_schema.columns a, information_schema.columns b, information_schema.columns c";

    /// <inheritdoc/>
    protected override async Task<bool?> IsRunningAsync(string mark)
    {
        await using MySqlConnection connection = await database.OpenAsync();
        await using MySqlCommand command = new(
            "select count(*) from information_schema.processlist where id <> connection_id() and command in ('Query', 'Execute') and info like @mark", connection);
        command.Parameters.AddWithValue("@mark", $"%{mark}%");
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }
}

/// <summary>A real MySQL.</summary>
public sealed class MySqlContractTests(MySqlServerDatabase database) : MySqlFamilyContractTests(database), IClassFixture<MySqlServerDatabase>
{
    /// <summary>MySQL keeps the numbers of JSON as doubles.</summary>
    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string>(RefusedByBoth) { "json: digits that a double lacks", "json: digits that a Decimal128 lacks" };
}

/// <summary>A real MariaDB.</summary>
public sealed class MariaDbMySqlContractTests(MariaDbServerDatabase database) : MySqlFamilyContractTests(database), IClassFixture<MariaDbServerDatabase>
{
    /// <summary>MariaDB takes 32 levels of JSON.</summary>
    protected override bool JoinsByIndexAlone => true;

    protected override IReadOnlySet<string> Refused { get; } = new HashSet<string>(RefusedByBoth) { "json: 60 levels" };
}
