namespace DbConductor.Spark;

/// <summary>
/// Rows that Spark can make: what is read and done is known, and runs whenever rows are asked for. Each step gives a frame of its own. Disposing one lets go what it was
/// handed over as, and with it the frames that were made of it; so does the end of the session, and a frame that nobody has any more.
/// </summary>
/// <remarks>
/// Steps fail with <see cref="DbErrorKind.Syntax"/>, <see cref="DbErrorKind.ColumnNotFound"/> or <see cref="DbErrorKind.InvalidArgument"/>, which quote the expression; every member
/// with <see cref="DbErrorKind.InvalidOperation"/> where the frame was disposed or its session has ended.
/// </remarks>
public interface ISparkFrame : IDisposable
{
    /// <summary>Its columns.</summary>
    IReadOnlyList<Column> Columns { get; }

    /// <summary>What it reads, for messages.</summary>
    string Description { get; }

    /// <summary>What it reads and how that comes to Spark, for people.</summary>
    string How { get; }

    /// <summary>The name by which queries see it; null for none.</summary>
    string? View { get; }

    /// <summary>The number of its rows, where they were made already; null where they are made when they are asked for.</summary>
    long? RowCount { get; }

    /// <summary>What the operator should know.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether its rows can be asked for.</summary>
    bool IsAlive { get; }

    /// <summary>Other columns; <c>*</c> is all that there are.</summary>
    Task<ISparkFrame> SelectAsync(IReadOnlyList<SparkExpression> columns, CancellationToken cancel);

    /// <summary>The rows for which a condition holds.</summary>
    Task<ISparkFrame> FilterAsync(string condition, CancellationToken cancel);

    /// <summary>A row for each group of rows that have the same keys; one for all rows where there are no keys.</summary>
    Task<ISparkFrame> GroupAsync(IReadOnlyList<SparkExpression> keys, IReadOnlyList<SparkExpression> aggregates, CancellationToken cancel);

    /// <summary>The rows in an order; a key's column is a name or an expression.</summary>
    Task<ISparkFrame> SortAsync(IReadOnlyList<SortKey> keys, CancellationToken cancel);

    /// <summary>Each row once.</summary>
    Task<ISparkFrame> DistinctAsync(CancellationToken cancel);

    /// <summary>So many rows at most.</summary>
    Task<ISparkFrame> LimitAsync(int rows, CancellationToken cancel);

    /// <summary>Its rows joined with another's, as by a <see cref="SparkJoin"/>.</summary>
    Task<ISparkFrame> JoinAsync(ISparkFrame right, JoinSpec spec, CancellationToken cancel);

    /// <summary>Has Spark keep the rows once it has made them, until the frame is disposed.</summary>
    Task CacheAsync(CancellationToken cancel);

    /// <summary>Counts its rows.</summary>
    Task<long> CountAsync(SparkCall call, CancellationToken cancel);

    /// <summary>Makes its rows.</summary>
    Task<SparkResult> ReadAsync(SparkCall call, CancellationToken cancel);

    /// <summary>Spark's plan. It can quote what filters ask for; settings of connections are redacted.</summary>
    Task<string> ExplainAsync(CancellationToken cancel);
}
