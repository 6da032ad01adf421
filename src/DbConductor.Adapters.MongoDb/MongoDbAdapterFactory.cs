namespace DbConductor.Adapters.MongoDb;

/// <summary>Makes adapters for MongoDB: a replica set, a sharded cluster's routers, or a standalone server.</summary>
public sealed class MongoDbAdapterFactory : IAdapterFactory
{
    /// <inheritdoc/>
    public string Type => "MongoDb";

    /// <inheritdoc/>
    public IReadOnlyList<string> Aliases => ["Mongo"];

    /// <inheritdoc/>
    public IDbAdapter Create(AdapterProfile profile, AdapterServices services) => new MongoDbAdapter(profile, services);
}
