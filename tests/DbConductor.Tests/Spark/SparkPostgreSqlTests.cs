using DbConductor.Adapters.PostgreSql;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkPostgreSqlTests(SparkFixture spark, PostgreSqlDatabase database) : SparkSourceTests(spark), IClassFixture<PostgreSqlDatabase>
{
    protected override (string Column, object Value) NotBySpark => ("span timespan", TimeSpan.FromHours(30));

    protected override IDbAdapter Create() => new PostgreSqlAdapterFactory().Create(database.Profile, new AdapterServices());
}
