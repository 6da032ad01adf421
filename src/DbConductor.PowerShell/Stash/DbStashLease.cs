namespace DbConductor.PowerShell;

/// <summary>The right to write a stash, as Lock-DbStash returns it. It is renewed in the background until Unlock-DbStash or the end of its session.</summary>
public sealed class DbStashLease
{
    internal DbStashLease(DbAdapterSession session, StashLease lease) => (Adapter, Inner) = (session, lease);

    /// <summary>The session that it is on.</summary>
    public DbAdapterSession Adapter { get; }

    /// <summary>The stash's name.</summary>
    public string Name => Inner.Name;

    /// <summary>Who holds it.</summary>
    public string Owner => Inner.Owner;

    /// <summary>The fencing number: greater than that of every earlier holder.</summary>
    public long Fence => Inner.Fence;

    /// <summary>Until when it holds if it is not renewed, by the server's clock.</summary>
    public DateTimeOffset Until => Inner.Until;

    /// <summary>Whether somebody else has it now, or it was given back.</summary>
    public bool IsLost => Inner.IsLost;

    internal StashLease Inner { get; }

    /// <summary>The stash's name.</summary>
    public override string ToString() => Name;
}
