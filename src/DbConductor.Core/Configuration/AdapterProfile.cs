namespace DbConductor;

/// <summary>Where a database is and who asks: a named set of connection settings.</summary>
public sealed record AdapterProfile
{
    /// <summary>The profile's name.</summary>
    public required string Name { get; init; }

    /// <summary>The adapter's type, such as <c>Sqlite</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Host name or address, or the directory of a Unix socket.</summary>
    public string? Server { get; init; }

    /// <summary>TCP port; null means the product's usual one.</summary>
    public int? Port { get; init; }

    /// <summary>The database's name; for SQLite the file's absolute path, or <c>:memory:</c>.</summary>
    public string? Database { get; init; }

    /// <summary>
    /// What a relative path in <see cref="Database"/> starts from, where the database is a file: the directory of the configuration file that names it;
    /// null means the host's current location.
    /// </summary>
    public string? BaseDirectory { get; init; }

    /// <summary>The user's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The password, resolved; a reference (<c>env:NAME</c>, ...) has been followed before it gets here.</summary>
    public Secret? Password { get; init; }

    /// <summary>A driver's own connection string, which the other settings then override.</summary>
    public Secret? ConnectionString { get; init; }

    /// <summary>The driver's own further settings, by its own keywords.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>How long connecting may take; null means the adapter's usual 15 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
