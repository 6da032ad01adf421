using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace DbConductor.Tests.Servers;

/// <summary>A database that lives as long as the tests of one class, on the server that a variable of the environment names.</summary>
/// <param name="variable">The variable with the connection string of a server where databases may be created.</param>
public abstract class MongoDbDatabase(string variable) : IAsyncLifetime
{
    private readonly string? _server = Environment.GetEnvironmentVariable(variable);
    private readonly string _name = "dbconductor_" + Guid.NewGuid().ToString("N");

    /// <summary>A second database, which exists once something is written to it.</summary>
    public string OtherDatabase => _name + "_other";

    /// <summary>How an adapter reaches the database; skips where there is no server, which on CI is a failure.</summary>
    public AdapterProfile Profile
    {
        get
        {
            MongoUrl url = Url();
            Dictionary<string, string> options = [];
            if (url.ReplicaSetName is { } set)
            {
                options["replicaSet"] = set;
            }

            if (url.AuthenticationSource is { } source)
            {
                options["authSource"] = source;
            }

            return new()
            {
                Name = "test",
                Type = "MongoDb",
                Server = url.Server.Host,
                Port = url.Server.Port,
                Database = _name,
                UserName = url.Username,
                Password = url.Password is { } password ? new Secret(password) : null,
                Options = options,
            };
        }
    }

    /// <summary>The server, as the variable names it.</summary>
    public MongoUrl Url() => new(Needed.Server(variable));

    /// <summary>The database past the adapter.</summary>
    public IMongoDatabase Open() => new MongoClient(Url()).GetDatabase(_name);

    /// <summary>Runs a command past the adapter.</summary>
    public Task<BsonDocument> RunAsync(string command) => Open().RunCommandAsync<BsonDocument>(BsonDocument.Parse(command));

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (!string.IsNullOrEmpty(_server))
        {
            MongoClient client = new(_server);
            await DropAsync(client, _name);
            await DropAsync(client, OtherDatabase);
        }
    }

    private static async Task DropAsync(MongoClient client, string name)
    {
        try
        {
            await client.DropDatabaseAsync(name);
        }
        catch (MongoConnectionException)
        {
            // a busy server may break the connection over a database with hundreds of collections; it goes on dropping all the same
            await client.DropDatabaseAsync(name);
        }
    }
}

/// <summary>On a replica set.</summary>
public sealed class MongoDbReplicaSet() : MongoDbDatabase("DBCONDUCTOR_TEST_MONGODB");

/// <summary>On a standalone server.</summary>
public sealed class MongoDbStandalone() : MongoDbDatabase("DBCONDUCTOR_TEST_MONGODB_STANDALONE");
