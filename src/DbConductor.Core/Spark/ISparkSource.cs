namespace DbConductor.Spark;

/// <summary>A database whose tables Spark can read itself, so that their rows need not come here.</summary>
public interface ISparkSource
{
    /// <summary>Says how Spark reads a table, with the filter and the columns as part of the database's own query.</summary>
    /// <param name="query">What is read.</param>
    /// <param name="partitioning">How the operator wants it to be read by several statements at once; null where nothing was said.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>, <see cref="DbErrorKind.ColumnNotFound"/>, or a filter's value that is not of its column's type;
    /// <see cref="DbErrorKind.InvalidArgument"/> or <see cref="DbErrorKind.NotSupported"/>: the partitioning cannot be, with the remedy.</exception>
    Task<SparkRead> DescribeReadAsync(BatchQuery query, SparkPartitioning? partitioning, CancellationToken cancel);
}
