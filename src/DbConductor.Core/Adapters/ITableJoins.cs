namespace DbConductor;

/// <summary>Operations of a database that can join its own tables.</summary>
public interface ITableJoins
{
    /// <summary>Joins two tables by one statement, provided that its rows are those of <see cref="EmbeddedJoin"/>: the database compares the keys as we do.</summary>
    /// <param name="left">The left side's table, its filter and columns.</param>
    /// <param name="right">The right side's.</param>
    /// <param name="spec">How.</param>
    /// <param name="cancel">Cancels, on the server too.</param>
    /// <exception cref="DbConductorException">As by <see cref="IJoinEngine.JoinAsync"/>, and where a table is missing.</exception>
    Task<TableJoin> TryJoinAsync(BatchQuery left, BatchQuery right, JoinSpec spec, CancellationToken cancel);
}

/// <summary>What came of <see cref="ITableJoins.TryJoinAsync"/>.</summary>
/// <param name="Rows">The rows; null where the database does not do it.</param>
/// <param name="Refusal">Why it does not, as a clause.</param>
public readonly record struct TableJoin(RowReader? Rows, string? Refusal);
