namespace DbConductor;

/// <summary>
/// A transaction. Any failed write dooms it (or the innermost savepoint): what follows is refused until that is rolled back. Disposing rolls back.
/// </summary>
public interface IDbTransaction : IDbOperations, IAsyncDisposable
{
    /// <summary>The error that doomed the transaction or its innermost savepoint; null while it can be committed.</summary>
    DbConductorException? DoomedBy { get; }

    /// <summary>Commits.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidOperation"/> where it is doomed; <see cref="DbErrorKind.OutcomeUnknown"/> where the connection broke during COMMIT.
    /// </exception>
    Task CommitAsync(CancellationToken cancel);

    /// <summary>Rolls everything back.</summary>
    Task RollbackAsync(CancellationToken cancel);

    /// <summary>Begins a savepoint inside the innermost one.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/> where the database has none.</exception>
    Task SaveAsync(string savepoint, CancellationToken cancel);

    /// <summary>Ends the innermost savepoint as good: what was done since is part of what surrounds it.</summary>
    Task ReleaseAsync(string savepoint, CancellationToken cancel);

    /// <summary>Undoes everything since the innermost savepoint and ends it; what surrounds it goes on.</summary>
    Task RollbackToAsync(string savepoint, CancellationToken cancel);
}
