namespace DbConductor.Spark;

/// <summary>A database whose tables Spark can read itself, so that their rows need not come here.</summary>
public interface ISparkSource
{
    /// <summary>Says how Spark reads a table, with the filter and the columns as part of the database's own query.</summary>
    /// <param name="query">What is read.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>, <see cref="DbErrorKind.ColumnNotFound"/>, or a filter's value that is not of its column's type.</exception>
    Task<SparkRead> DescribeReadAsync(BatchQuery query, CancellationToken cancel);
}
