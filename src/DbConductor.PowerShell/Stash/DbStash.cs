namespace DbConductor.PowerShell;

/// <summary>
/// A handle of a stash's version: what is known of it, and the way to its rows. It pins the version by number: once a newer one has taken its place
/// and it was removed, reading through the handle says so. Piped or given to whatever takes rows, it means its rows.
/// </summary>
public sealed class DbStash
{
    internal DbStash(DbAdapterSession session, StashVersion version)
    {
        (Adapter, Inner) = (session, version);

        // an array: PowerShell cannot index the compiler's own read-only lists
        Columns = version.Columns.Select(c => new DbStashColumn(c)).ToArray();
    }

    /// <summary>The session that it is on.</summary>
    public DbAdapterSession Adapter { get; }

    /// <summary>The stash's name.</summary>
    public string Name => Inner.Name;

    /// <summary>The version, counted from 1; 0 while its rows are being written.</summary>
    public long Version => Inner.Version;

    /// <summary>Writing, Ready or Expired, as it was when the handle was made.</summary>
    public string State => Inner.State.ToString();

    /// <summary>The number of rows.</summary>
    public long Rows => Inner.Rows;

    /// <summary>The bytes that the rows took on their way in.</summary>
    public long Bytes => Inner.Bytes;

    /// <summary>The columns.</summary>
    public IReadOnlyList<DbStashColumn> Columns { get; }

    /// <summary>Who wrote it: user, machine and process.</summary>
    public string Owner => Inner.Owner;

    /// <summary>When it was published, by the server's clock; null while its rows are being written.</summary>
    public DateTimeOffset? Published => Inner.Published;

    /// <summary>How long ago it was published, by this machine's clock, or its writing began.</summary>
    public TimeSpan Age => DateTimeOffset.UtcNow - (Inner.Published ?? Inner.Started);

    /// <summary>When it may be removed; null means never.</summary>
    public DateTimeOffset? Expires => Inner.Expires;

    /// <summary>Rows and their checksum; equal texts mean equal content.</summary>
    public string Checksum => Inner.Checksum;

    internal StashVersion Inner { get; }

    /// <summary>The stash's name.</summary>
    public override string ToString() => Name;

    internal JoinInput ForJoin(StashQuery query)
    {
        Adapter.RequireUsable();
        return Adapter.Stash.ForJoin(Inner, query);
    }

    internal Task<RowReader> OpenAsync(StashQuery query, CancellationToken cancel)
    {
        Adapter.RequireUsable();
        return Adapter.Stash.OpenAsync(Inner, query, cancel);
    }
}

/// <summary>A column of a stash.</summary>
public sealed class DbStashColumn
{
    internal DbStashColumn(StashColumn column) => (Name, Type) = (column.Name, column.ReadType.ToString());

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The portable type; <c>object</c> where values differ in type.</summary>
    public string Type { get; }

    /// <summary>Name and type.</summary>
    public override string ToString() => $"{Name} {Type}";
}
