using DbConductor.Adapters.MySql;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

public abstract class SparkMySqlFamilyTests(SparkFixture spark, MySqlDatabase database) : SparkSourceTests(spark)
{
    protected override (string Column, object Value) NotBySpark => ("d decimal", 1.50m);

    protected override IDbAdapter Create() => new MySqlAdapterFactory().Create(database.Profile, new AdapterServices());
}

[Collection("Spark")]
public sealed class SparkMySqlTests(SparkFixture spark, MySqlServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MySqlServerDatabase>;

[Collection("Spark")]
public sealed class SparkMariaDbMySqlTests(SparkFixture spark, MariaDbServerDatabase database) : SparkMySqlFamilyTests(spark, database), IClassFixture<MariaDbServerDatabase>;
