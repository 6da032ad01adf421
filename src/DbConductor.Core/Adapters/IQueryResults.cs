namespace DbConductor;

/// <summary>The result sets of a native query, one after the other.</summary>
public interface IQueryResults : IAsyncDisposable
{
    /// <summary>Goes to the next result set that has columns; the one before is closed. Null at the end.</summary>
    Task<RowReader?> NextAsync(CancellationToken cancel);

    /// <summary>Rows changed by the statements that have none to give; -1 where there were no such statements. Final after the last result set.</summary>
    long RowsAffected { get; }
}
