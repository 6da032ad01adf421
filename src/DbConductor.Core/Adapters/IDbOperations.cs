namespace DbConductor;

/// <summary>
/// What can be done with data. On an adapter each call is a transaction of its own, all or nothing; on a transaction it is part of it.
/// </summary>
/// <remarks>
/// Every method throws <see cref="DbConductorException"/> and nothing else, but for <see cref="OperationCanceledException"/> when the token was cancelled,
/// which also cancels on the server. A returned reader must be disposed; disposing it early cancels its command.
/// </remarks>
public interface IDbOperations
{
    /// <summary>Reads rows of a table or collection.</summary>
    Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel);

    /// <summary>Counts rows without fetching them.</summary>
    Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel);

    /// <summary>Writes rows as a whole or not at all (unless <see cref="SaveOptions.CommitEvery"/> says otherwise).</summary>
    Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel);

    /// <summary>Says what <see cref="SaveAsync"/> would do with rows of these columns, and changes nothing.</summary>
    Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel);

    /// <summary>Sets columns of the rows that a filter matches.</summary>
    /// <returns>The number of rows matched, whether or not their values changed.</returns>
    Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel);

    /// <summary>Sets, for each given row, the given columns of the row with the same key.</summary>
    /// <returns>The number of rows matched.</returns>
    Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel);

    /// <summary>Removes the rows that a filter matches; null removes all.</summary>
    /// <returns>The number of rows removed.</returns>
    Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel);

    /// <summary>Removes the rows whose key equals one of the given rows'; only the key's columns are looked at.</summary>
    /// <returns>The number of rows removed.</returns>
    Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel);

    /// <summary>Runs a query in the database's own language.</summary>
    Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel);

    /// <summary>Describes a table or collection; null where there is none of that name.</summary>
    Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel);

    /// <summary>Creates a table or collection; with a key, its primary key (or unique index).</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.AlreadyExists"/>.</exception>
    Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel);

    /// <summary>Lists the tables or collections that the user can see, without the database's own.</summary>
    IAsyncEnumerable<TableName> ListAsync(CancellationToken cancel);
}
