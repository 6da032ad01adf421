namespace DbConductor;

/// <summary>Whether a transaction can still be used, and the words in which it refuses, on whichever database.</summary>
public sealed class TransactionState
{
    /// <summary>The error that doomed the transaction or its innermost savepoint; null while it can be committed.</summary>
    public DbConductorException? DoomedBy { get; set; }

    /// <summary>Whether it was committed or rolled back.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Dooms it, unless it is doomed already.</summary>
    /// <param name="error">What failed: one of our errors, or a cancellation.</param>
    /// <param name="table">The table concerned.</param>
    public void Doom(Exception error, TableName? table) => DoomedBy ??= error as DbConductorException
        ?? new DbConductorException(DbErrorKind.Cancelled, "A write was cancelled.", error) { Target = table?.ToString() };

    /// <summary>Runs a write that dooms the transaction when it fails, also where the input failed and not the server: half of it is in the transaction.</summary>
    public async Task<T> DoomingAsync<T>(TableName? table, Func<Task<T>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Doom(e, table);
            throw;
        }
    }

    /// <summary>Refuses where it has ended or is doomed.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidOperation"/>.</exception>
    public void ThrowIfUnusable()
    {
        ThrowIfEnded();
        if (DoomedBy is { } error)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"The transaction cannot go on, since an earlier step in it failed: {error.Message} Roll it back (Undo-DbTransaction), then begin anew.",
                error)
            { Target = error.Target };
        }
    }

    /// <summary>Refuses where it has ended.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidOperation"/>.</exception>
    public void ThrowIfEnded()
    {
        if (HasEnded)
        {
            throw new DbConductorException(DbErrorKind.InvalidOperation, "The transaction has ended. Begin another one.");
        }
    }
}
