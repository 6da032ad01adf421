using DbConductor.Adapters.MySql;
using DbConductor.Spark;
using DbConductor.Tests.Joins;
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
        DbConductorException joined = await Assert.ThrowsAsync<DbConductorException>(async () => await session.QueryAsync(JoinInput.OfTable("the table", db, new(new(null, table)))));
        Assert.Equal((DbErrorKind.InvalidData, DbErrorKind.InvalidData), (read.Kind, joined.Kind));
    }

    [SkippableFact]
    public async Task Dates_of_zeros_are_null_where_the_session_reads_them_so()
    {
        ISparkSession session = await SessionAsync();
        AdapterProfile profile = database.Profile with { Options = new Dictionary<string, string>(database.Profile.Options) { ["ZeroDates"] = "Null" } };
        await using IDbAdapter db = new MySqlAdapterFactory().Create(profile, new AdapterServices());
        await db.ConnectAsync(default);
        string table = $"spark_{Guid.NewGuid():N}";
        await RunAsync(db, $"set sql_mode = ''; create table {table} (id int, d date, t datetime); insert into {table} values (1, '0000-00-00', '0000-00-00'), (2, '2024-01-01', '2024-01-01')");
        SparkResult result = await session.QueryAsync(JoinInput.OfTable("the table", db, new(new(null, table))));
        Assert.Contains("handed over as a file, since its dates of zeros", result.Path, StringComparison.Ordinal);
        Assert.Equal([NestedLoop.Show([1, null, null]), NestedLoop.Show([2, new DateOnly(2024, 1, 1), new DateTime(2024, 1, 1)])], await ShowAsync(result.Rows));
    }

    protected override IDbAdapter Create() => new MySqlAdapterFactory().Create(database.Profile, new AdapterServices());
}

[Collection("Spark")]
public sealed class SparkMySqlTests(SparkFixture spark, MySqlServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MySqlServerDatabase>;

[Collection("Spark")]
public sealed class SparkMariaDbMySqlTests(SparkFixture spark, MariaDbServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MariaDbServerDatabase>;
