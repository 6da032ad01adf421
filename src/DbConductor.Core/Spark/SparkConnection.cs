namespace DbConductor.Spark;

/// <summary>What Spark needs to reach a database.</summary>
/// <param name="Connector">What it reads it with.</param>
public sealed record SparkConnection(SparkConnector Connector)
{
    /// <summary>The connector's options: the address, without any secret in it, who asks, and so on. Secrets are options of their own, which are sent as such, never as part of a text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The session's settings, whose secrets are kept out of Spark's log and errors.</summary>
    public required AdapterProfile Profile { get; init; }
}
