namespace DbConductor.Adapters.Sqlite;

/// <summary>Makes adapters for SQLite files and databases in memory.</summary>
public sealed class SqliteAdapterFactory : IAdapterFactory
{
    /// <inheritdoc/>
    public string Type => "Sqlite";

    /// <inheritdoc/>
    public IReadOnlyList<string> Aliases => ["SQLite3"];

    /// <inheritdoc/>
    public bool DatabaseIsFile => true;

    /// <inheritdoc/>
    public IDbAdapter Create(AdapterProfile profile, AdapterServices services) => new SqliteAdapter(profile, services);
}
