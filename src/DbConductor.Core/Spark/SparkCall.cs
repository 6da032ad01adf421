namespace DbConductor.Spark;

/// <summary>What a call on a Spark session is named and whom it tells how far it is.</summary>
/// <param name="Name">The name that its jobs have on Spark's web page.</param>
public sealed record SparkCall(string Name)
{
    /// <summary>Called now and then with what is going on, on any thread.</summary>
    public Action<string>? OnStatus { get; init; }
}
