using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A frame whose rows are wanted.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Frame">The frame, its columns named by their places and in the form of a result's file.</param>
internal sealed record FramePlan(IReadOnlyList<Column> Columns, DataFrame Frame);
