using DbConductor.Adapters.MySql;
using DbConductor.Sql;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>What the adapter makes of a server's variables, also of servers that no test runs on.</summary>
public sealed class MySqlCapabilitiesTests
{
    [Theory]
    [InlineData("8.0.13", "MySQL Community Server - GPL", "MySQL", true, false)]
    [InlineData("8.0.19", "MySQL Community Server - GPL", "MySQL", true, false)]
    [InlineData("8.0.20", "MySQL Community Server - GPL", "MySQL", true, true)]
    [InlineData("8.0.36-28", "Percona Server (GPL), Release 28, Revision 47601f19", "MySQL", true, true)]
    [InlineData("8.0.28", "Source distribution", "MySQL", true, true)]
    [InlineData("8.4.3", "MySQL Community Server - GPL", "MySQL", true, true)]
    [InlineData("9.7.4-2", "(Debian)", "MySQL", true, true)]
    [InlineData("26.10.0", "MySQL Community Server - GPL", "MySQL", true, true)]
    [InlineData("10.5.2-MariaDB", "mariadb.org binary distribution", "MariaDB", false, false)]
    [InlineData("10.6.22-MariaDB-0ubuntu0.22.04.1", "Ubuntu 22.04", "MariaDB", false, false)]
    [InlineData("10.11.6-MariaDB-0+deb12u1-log", "Debian 12", "MariaDB", false, false)]
    [InlineData("11.8.3", "MariaDB Server", "MariaDB", false, false)]
    [InlineData("5.5.5-11.4.2-MariaDB", "mariadb.org binary distribution", "MariaDB", false, false)]
    public void Versions_are_told_apart(string version, string comment, string product, bool jsonType, bool hashJoins)
    {
        MySqlCapabilities server = Server(version, comment);

        Assert.Equal((product, jsonType, hashJoins), (server.Product, server.HasJsonType, server.HasHashJoins));
        Assert.Equal(version, server.ServerVersion);
        Assert.Equal(jsonType ? 100 : 31, server.JsonLevels);
    }

    [Theory]
    [InlineData("5.7.44-log", "MySQL Community Server (GPL)")]
    [InlineData("8.0.12", "MySQL Community Server - GPL")]
    [InlineData("10.4.34-MariaDB", "mariadb.org binary distribution")]
    [InlineData("10.5.1-MariaDB", "mariadb.org binary distribution")]
    [InlineData("5.5.5-10.3.39-MariaDB", "mariadb.org binary distribution")]
    [InlineData("5.5.62-MariaDB", "mariadb.org binary distribution")]
    [InlineData("no number at all", "")]
    public void A_server_that_is_too_old_is_refused_by_its_version_with_the_oldest_that_will_do(string version, string comment)
    {
        DbConductorException error = Assert.Throws<DbConductorException>(() => Server(version, comment));

        Assert.Equal(DbErrorKind.NotSupported, error.Kind);
        Assert.Equal("db:3306/air", error.Target);
        Assert.Contains(version, error.Message, StringComparison.Ordinal);
        Assert.Contains("MySQL 8.0.13 or MariaDB 10.5.2", error.Message, StringComparison.Ordinal);
        Assert.Contains("Upgrade", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_say_what_a_version_does_not()
    {
        MySqlCapabilities closed = Server("8.0.29", "", ("local_infile", "OFF"), ("max_allowed_packet", "67108864"));
        MySqlCapabilities open = Server("8.0.30", "", ("LOCAL_INFILE", "ON"), ("max_allowed_packet", "1024"), ("sql_generate_invisible_primary_key", "OFF"), ("sql_require_primary_key", "ON"));

        Assert.Equal((false, 67108864L, false, false), (closed.AllowsLoadLocal, closed.MaxAllowedPacket, closed.HasGeneratedKeys, closed.RequiresKeys));
        Assert.Equal((true, 1024L, true, true), (open.AllowsLoadLocal, open.MaxAllowedPacket, open.HasGeneratedKeys, open.RequiresKeys));
    }

    [Theory]
    [InlineData("8.0.19", "this MySQL joins by nested loops, and no primary key serves them")]
    [InlineData("8.0.20", null)]
    [InlineData("10.11.6-MariaDB", "this MariaDB joins by nested loops, and no primary key serves them")]
    public void A_join_without_an_index_is_left_to_a_server_that_hashes(string version, string? refusal)
    {
        SqlJoinRules joins = new MySqlDialect(Server(version, ""), binaryGuids: false).Joins!;

        Assert.Equal(refusal, joins.RefusalOf(JoinType.Inner, leftIsIndexed: false, rightIsIndexed: false));
        Assert.Null(joins.RefusalOf(JoinType.Left, leftIsIndexed: false, rightIsIndexed: true));
    }

    [Theory]
    [InlineData("8.4.3", "json")]
    [InlineData("11.4.2-MariaDB", "json COMMENT 'json'")]
    public void JSON_is_marked_where_it_is_no_type_of_its_own(string version, string native) =>
        Assert.Equal(native, new MySqlDialect(Server(version, ""), binaryGuids: false).NativeType(new("j", new(PortableKind.Json)), inKey: false));

    // widths of integers and years, which 8.0.19 and later no longer tell, and utf8's two names
    [Theory]
    [InlineData("int(11)", "int")]
    [InlineData("int(10) unsigned", "int unsigned")]
    [InlineData("bigint(20) unsigned", "bigint unsigned")]
    [InlineData("smallint(5) unsigned zerofill", "smallint unsigned")]
    [InlineData("tinyint(4)", "tinyint")]
    [InlineData("tinyint(3) unsigned", "tinyint unsigned")]
    [InlineData("year(4)", "year")]
    public void A_type_is_the_same_with_its_width_and_without(string older, string newer) =>
        Assert.Equal(MySqlTypes.Read(newer, null, "", binaryGuids: false), MySqlTypes.Read(older, null, "", binaryGuids: false));

    [Theory]
    [InlineData("utf8_general_ci")]
    [InlineData("utf8mb3_general_ci")]
    public void A_character_set_is_known_by_either_name(string collation) =>
        Assert.NotNull(MySqlLimits.NotInCharset(new("v", new(PortableKind.String, 10)) { NativeType = "varchar(10)", Collation = collation }, "\U0001F642"));

    private static MySqlCapabilities Server(string version, string comment, params (string Name, string Value)[] others) => MySqlCapabilities.From(
        others.Append(("version", version)).Append(("version_comment", comment)).ToDictionary(v => v.Item1, v => v.Item2, StringComparer.OrdinalIgnoreCase),
        "db:3306/air");
}
