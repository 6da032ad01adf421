using DbConductor.Adapters.PostgreSql;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>Secrets of a table that is read by JDBC.</summary>
[Collection("Spark")]
public sealed class SparkSecretPostgreSqlTests(SparkFixture spark, PostgreSqlDatabase database) : SparkSecretTests(spark), IClassFixture<PostgreSqlDatabase>
{
    private protected override async Task<string> JoinAsync(ISparkSession session, string mark)
    {
        // the server may take any password for this user, or the one that it has: then another user's
        string user = "spark_secret_" + mark;
        await using Npgsql.NpgsqlConnection admin = await database.OpenAsync();
        await ExecuteAsync($"create role {user} superuser login password 'profile-{mark}'");
        try
        {
            await using IDbAdapter db = new PostgreSqlAdapterFactory().Create(database.Profile with { UserName = user, Password = new Secret($"profile-{mark}") }, new AdapterServices());
            await db.ConnectAsync(default);
            (JoinInput side, _) = await JoinWithItselfAsync(session, db);
            JoinInput none = JoinInput.OfTable("no_table", db, new(new(null, "no_table")));
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(new SparkJoin(side, none, new([new("id", "id")])), new SparkCall("secrets"), default));
            await db.DisposeAsync();
            return error.ToString();
        }
        finally
        {
            await ExecuteAsync($"reassign owned by {user} to current_user; drop role {user}");
        }

        async Task ExecuteAsync(string sql)
        {
            await using Npgsql.NpgsqlCommand command = new(sql, admin);
            await command.ExecuteNonQueryAsync();
        }
    }
}
