namespace DbConductor.Spark;

/// <summary>What Spark needs to reach a database by JDBC.</summary>
/// <param name="Url">The address, without any secret.</param>
/// <param name="Driver">The driver's class.</param>
/// <param name="Package">The driver's Maven coordinates, without a version, for the message that it is missing.</param>
public sealed record SparkConnection(string Url, string Driver, string Package)
{
    /// <summary>The driver's and Spark's further options. Secrets among them are sent to the driver as such, never as part of a text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The session's settings, whose secrets are kept out of Spark's log and errors.</summary>
    public required AdapterProfile Profile { get; init; }
}
