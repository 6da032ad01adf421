namespace DbConductor.Spark;

/// <summary>A query of Spark SQL over views, and over those that the session keeps.</summary>
/// <param name="Views">What the query reads, by the names that it uses; no other call sees them.</param>
/// <param name="Text">The query.</param>
public sealed record SparkQuery(IReadOnlyDictionary<string, JoinInput> Views, string Text) : SparkWork([.. Views.Values]);
