namespace DbConductor.Spark;

/// <summary>What Spark makes rows of: a <see cref="SparkJoin"/> or a <see cref="SparkQuery"/>.</summary>
/// <param name="Sides">What is read.</param>
public abstract record SparkWork(IReadOnlyList<JoinInput> Sides);
