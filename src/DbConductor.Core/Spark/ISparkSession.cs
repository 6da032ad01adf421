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

    /// <summary>Joins two sides in Spark. The rows are those of <see cref="EmbeddedJoin"/>, in no particular order.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="spec">How.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels the jobs in Spark; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="IJoinEngine.JoinAsync"/>; <see cref="DbErrorKind.NotSupported"/>: columns that Spark cannot join by;
    /// <see cref="DbErrorKind.Connection"/>: the driver has ended; <see cref="DbErrorKind.Server"/>: what Spark says.</exception>
    Task<SparkResult> JoinAsync(JoinInput left, JoinInput right, JoinSpec spec, SparkCall call, CancellationToken cancel);

    /// <summary>Joins two sides in Spark and keeps the rows there, once they are all made, as a view: what its sides become later does not change it. Queries see it by its name.</summary>
    /// <param name="view">The name, which takes the place of a view that has it.</param>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="spec">How.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="JoinAsync"/>.</exception>
    Task<ISparkFrame> KeepJoinAsync(string view, JoinInput left, JoinInput right, JoinSpec spec, SparkCall call, CancellationToken cancel);

    /// <summary>Runs a query of Spark SQL over views, and those that were kept.</summary>
    /// <param name="views">What the query reads, by the names that it uses; no other call sees them.</param>
    /// <param name="query">The query.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels the jobs in Spark; nothing is left behind.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Syntax"/>, <see cref="DbErrorKind.ColumnNotFound"/> or <see cref="DbErrorKind.NotFound"/>: what Spark says of the query;
    /// and as by <see cref="JoinAsync"/>.</exception>
    Task<SparkResult> QueryAsync(IReadOnlyDictionary<string, JoinInput> views, string query, SparkCall call, CancellationToken cancel);

    /// <summary>Runs a query likewise and keeps its rows, as by <see cref="KeepJoinAsync"/>.</summary>
    /// <exception cref="DbConductorException">As by <see cref="QueryAsync"/>.</exception>
    Task<ISparkFrame> KeepQueryAsync(string view, IReadOnlyDictionary<string, JoinInput> views, string query, SparkCall call, CancellationToken cancel);

    /// <summary>Says what <see cref="JoinAsync"/> would do. No side is read in bulk: of those that would be handed over, the first rows stand for all.</summary>
    /// <exception cref="DbConductorException">As by <see cref="JoinAsync"/>.</exception>
    Task<SparkPlan> PlanJoinAsync(JoinInput left, JoinInput right, JoinSpec spec, SparkCall call, CancellationToken cancel);

    /// <summary>Says what <see cref="QueryAsync"/> would do, likewise.</summary>
    /// <exception cref="DbConductorException">As by <see cref="QueryAsync"/>.</exception>
    Task<SparkPlan> PlanQueryAsync(IReadOnlyDictionary<string, JoinInput> views, string query, SparkCall call, CancellationToken cancel);

    /// <summary>Makes a frame of a side. What Spark does not read itself is handed over now, and what it does read it reads whenever rows are asked for.</summary>
    /// <param name="input">The side.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels; nothing is left behind.</param>
    /// <exception cref="DbConductorException">As by <see cref="JoinAsync"/>.</exception>
    Task<ISparkFrame> FrameAsync(JoinInput input, SparkCall call, CancellationToken cancel);
}
