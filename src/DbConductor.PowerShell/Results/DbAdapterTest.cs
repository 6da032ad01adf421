namespace DbConductor.PowerShell;

/// <summary>What Test-DbAdapter found.</summary>
public sealed class DbAdapterTest
{
    internal DbAdapterTest(DbAdapterSession session, bool success, TimeSpan latency, string? error)
    {
        (Name, Type, Location, ServerVersion) = (session.Name, session.Type, session.Location, session.ServerVersion);
        (Success, Latency, Error) = (success, latency, error);
    }

    /// <summary>The session's name.</summary>
    public string Name { get; }

    /// <summary>The adapter's type.</summary>
    public string Type { get; }

    /// <summary>Server and database, or the file.</summary>
    public string Location { get; }

    /// <summary>The server's version.</summary>
    public string ServerVersion { get; }

    /// <summary>Whether the server answered.</summary>
    public bool Success { get; }

    /// <summary>How long the answer took.</summary>
    public TimeSpan Latency { get; }

    /// <summary>Why it did not answer; null where it did.</summary>
    public string? Error { get; }
}
