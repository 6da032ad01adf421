namespace DbConductor;

/// <summary>Joins two row streams.</summary>
public interface IJoinEngine
{
    /// <summary>Joins. Rows come in no particular order.</summary>
    /// <param name="left">The left rows; disposed with the result, and also where this fails.</param>
    /// <param name="right">The right rows; likewise.</param>
    /// <param name="spec">How.</param>
    /// <param name="cancel">Cancels the preparation.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.ColumnNotFound"/>: a side lacks a column that is named;
    /// <see cref="DbErrorKind.InvalidType"/>: two key columns' types cannot be compared; <see cref="DbErrorKind.InvalidArgument"/>: two columns would get one name.</exception>
    Task<JoinedRows> JoinAsync(RowReader left, RowReader right, JoinSpec spec, CancellationToken cancel);
}
