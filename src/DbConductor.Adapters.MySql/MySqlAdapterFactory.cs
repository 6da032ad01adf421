namespace DbConductor.Adapters.MySql;

/// <summary>Makes adapters for MySQL and MariaDB servers.</summary>
public sealed class MySqlAdapterFactory : IAdapterFactory
{
    /// <inheritdoc/>
    public string Type => "MySql";

    /// <inheritdoc/>
    public IReadOnlyList<string> Aliases => ["MariaDb", "MariaDB", "MySQL"];

    /// <inheritdoc/>
    public IDbAdapter Create(AdapterProfile profile, AdapterServices services) => new MySqlAdapter(profile, services);
}
