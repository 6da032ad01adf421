namespace DbConductor.Spark;

/// <summary>A job of a Spark session, as Spark's web page shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What it belongs to: the name of a call, else Spark's own for it.</param>
/// <param name="Status"><c>Running</c>, <c>Succeeded</c>, <c>Failed</c> (also where it was cancelled) or <c>Unknown</c>.</param>
/// <param name="Stages">How many stages it has.</param>
/// <param name="CompletedStages">How many of them are done.</param>
/// <param name="Tasks">How many tasks it has, without those of stages that need not run.</param>
/// <param name="CompletedTasks">How many of them are done.</param>
/// <param name="Started">When it began; null where that is not known.</param>
/// <param name="Elapsed">How long it has run, or ran; null likewise.</param>
public sealed record SparkJob(int Id, string Name, string Status, int Stages, int CompletedStages, int Tasks, int CompletedTasks, DateTimeOffset? Started, TimeSpan? Elapsed);
