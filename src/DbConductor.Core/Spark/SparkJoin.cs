namespace DbConductor.Spark;

/// <summary>Two sides that Spark joins. The rows are those of <see cref="EmbeddedJoin"/>, in no particular order.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="Spec">How.</param>
public sealed record SparkJoin(JoinInput Left, JoinInput Right, JoinSpec Spec) : SparkWork([Left, Right]);
