using DbConductor.Adapters.MySql;
using DbConductor.Spark;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

public abstract class SparkMySqlFamilyTests(SparkFixture spark, MySqlDatabase database) : SparkSourceTests(spark)
{
    protected override (string Column, object Value) NotBySpark => ("d decimal", 1.50m);

    // the blanks that pad a char(n) do not belong to it
    protected override IReadOnlyList<(string Type, string Value)> NativeColumns =>
    [
        ("char(6)", "'ab'"), ("char(6)", "''"), ("varchar(6)", "'ab '"), ("enum('a', 'longer', '')", "'a'"), ("enum('a', '')", "''"), ("set('x', 'y')", "'x'"), ("tinytext", "'t '"),
        ("bit", "1"), ("bit(8)", "255"), ("bit(64)", "18446744073709551615"), ("tinyint(1)", "1"), ("year", "2155"), ("bigint unsigned", "18446744073709551615"), ("binary(4)", "'b'"),
    ];

    [SkippableFact]
    public async Task A_number_in_a_column_of_bools_is_refused_as_by_the_session()
    {
        ISparkSession session = await SessionAsync();
        await using IDbAdapter db = Create();
        await db.ConnectAsync(default);
        string table = $"spark_{Guid.NewGuid():N}";
        await RunAsync(db, $"create table {table} (id int, b tinyint(1)); insert into {table} values (1, 1), (2, 2)");
        DbConductorException read = await Assert.ThrowsAsync<DbConductorException>(async () => await ShowAsync(await db.GetAsync(new(new(null, table)), default)));
        DbConductorException joined = await Assert.ThrowsAsync<DbConductorException>(async () => await session.RunAsync(
            new SparkQuery(new Dictionary<string, JoinInput> { ["v"] = JoinInput.OfTable("the table", db, new(new(null, table))) }, "select * from v"), new SparkCall("test"), default));
        Assert.Equal((DbErrorKind.InvalidData, DbErrorKind.InvalidData), (read.Kind, joined.Kind));
    }

    protected override IDbAdapter Create() => new MySqlAdapterFactory().Create(database.Profile, new AdapterServices());
}

[Collection("Spark")]
public sealed class SparkMySqlTests(SparkFixture spark, MySqlServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MySqlServerDatabase>;

[Collection("Spark")]
public sealed class SparkMariaDbMySqlTests(SparkFixture spark, MariaDbServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MariaDbServerDatabase>;
