namespace DbConductor;

/// <summary>What all operations of one session have in common in logs, spans and metrics. An adapter makes it once, from its profile.</summary>
/// <param name="System">The database in the words of OpenTelemetry's <c>db.system.name</c>: <c>postgresql</c>, <c>sqlite</c>, ...</param>
/// <param name="Adapter">The session's name.</param>
public sealed record OperationSource(string System, string Adapter)
{
    /// <summary>From the settings of a session; those that stand only in a connection string are added by the adapter that has parsed it.</summary>
    public OperationSource(string system, AdapterProfile profile)
        : this(system, profile.Name)
    {
        Server = profile.Server;
        Port = profile.Port;
        Database = profile.Database;
    }

    /// <summary>Host name or address, <c>server.address</c>.</summary>
    public string? Server { get; init; }

    /// <summary>Port, <c>server.port</c>; null where it is the usual one.</summary>
    public int? Port { get; init; }

    /// <summary>The database, <c>db.namespace</c>.</summary>
    public string? Database { get; init; }
}
