namespace DbConductor.Spark;

/// <summary>A Spark driver that runs as a process of ours. Several threads may use it. Disposing ends the process.</summary>
public interface ISparkSession : IAsyncDisposable
{
    /// <summary>What it was started with, defaults filled in.</summary>
    SparkSettings Settings { get; }

    /// <summary>What it runs on.</summary>
    SparkInfo Info { get; }

    /// <summary>Whether the driver still runs.</summary>
    bool IsAlive { get; }

    /// <summary>The numbers of the jobs that run now.</summary>
    IReadOnlyList<int> ActiveJobs();

    /// <summary>The jobs that ran and run, newest first; nothing where the driver has ended.</summary>
    /// <param name="most">How many at most. Spark itself remembers 1,000 of them (<c>spark.ui.retainedJobs</c>).</param>
    IReadOnlyList<SparkJob> Jobs(int most);

    /// <summary>Makes the rows of a join or query.</summary>
    /// <param name="work">The join or query.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels the jobs in Spark; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="IJoinEngine.JoinAsync"/>; <see cref="DbErrorKind.NotSupported"/>: columns that Spark cannot join by;
    /// <see cref="DbErrorKind.Syntax"/>, <see cref="DbErrorKind.ColumnNotFound"/> or <see cref="DbErrorKind.NotFound"/>: what Spark says of the query;
    /// <see cref="DbErrorKind.Connection"/>: the driver has ended; <see cref="DbErrorKind.Server"/>: what Spark says.</exception>
    Task<SparkResult> RunAsync(SparkWork work, SparkCall call, CancellationToken cancel);

    /// <summary>Makes the rows likewise and keeps them in Spark, once they are all made, as a view: what the sides become later does not change it. Queries see it by its name.</summary>
    /// <param name="view">The name, which takes the place of a view that has it.</param>
    /// <param name="work">The join or query.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="RunAsync"/>.</exception>
    Task<ISparkFrame> KeepAsync(string view, SparkWork work, SparkCall call, CancellationToken cancel);

    /// <summary>Says what <see cref="RunAsync"/> would do. No side is read in bulk: of those that would be handed over, the first rows stand for all.</summary>
    /// <exception cref="DbConductorException">As by <see cref="RunAsync"/>.</exception>
    Task<SparkPlan> PlanAsync(SparkWork work, SparkCall call, CancellationToken cancel);

    /// <summary>Makes a frame of a side. What Spark does not read itself is handed over now, and what it does read it reads whenever rows are asked for.</summary>
    /// <param name="input">The side.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="RunAsync"/>.</exception>
    Task<ISparkFrame> FrameAsync(JoinInput input, SparkCall call, CancellationToken cancel);
}
