using DbConductor.Adapters.MongoDb;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Servers;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>Secrets of a collection that is read by the connector, whose address has the password in it.</summary>
[Collection("Spark")]
public sealed class SparkSecretMongoDbTests(SparkFixture spark, MongoDbReplicaSet database) : SparkSecretTests(spark), IClassFixture<MongoDbReplicaSet>
{
    private protected override async Task<string> JoinAsync(ISparkSession session, string mark)
    {
        string user = "spark_secret_" + mark;
        IMongoDatabase admin = new MongoClient(database.Url()).GetDatabase("admin");
        await admin.RunCommandAsync<BsonDocument>(new BsonDocument { { "createUser", user }, { "pwd", $"profile-{mark}" }, { "roles", new BsonArray { "root" } } });
        bool isThere = true;
        try
        {
            AdapterProfile profile = database.Profile with { UserName = user, Password = new Secret($"profile-{mark}"), Options = new Dictionary<string, string>(database.Profile.Options) { ["authSource"] = "admin" } };
            await using IDbAdapter db = new MongoDbAdapterFactory().Create(profile, new AdapterServices());
            await db.ConnectAsync(default);
            (JoinInput side, string path) = await JoinWithItselfAsync(session, db);
            Assert.Contains("by MongoDB's connector", path, StringComparison.Ordinal);

            // by another address, for which the connector has no connection yet: that is refused then
            await using IDbAdapter other = new MongoDbAdapterFactory().Create(profile with { Timeout = TimeSpan.FromSeconds(4) }, new AdapterServices());
            await other.ConnectAsync(default);
            JoinInput refused = JoinInput.OfTable("with_password", other, side.Query!);
            _ = await other.CountAsync(side.Query!.Table, null, default);
            await admin.RunCommandAsync<BsonDocument>(new BsonDocument("dropUser", user));
            isThere = false;
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => session.RunAsync(new SparkJoin(refused, refused, new([new("id", "id")])), new SparkCall("secrets"), default));
            return error.ToString();
        }
        finally
        {
            if (isThere)
            {
                await admin.RunCommandAsync<BsonDocument>(new BsonDocument("dropUser", user));
            }
        }
    }
}
