using System.Data.Common;

namespace DbConductor.Sql;

/// <summary>
/// A transaction on one connection. Its operations run one at a time; readers that are still open are set aside in memory or a file before a write is sent,
/// so that reading and writing in one pipeline works within it.
/// </summary>
public sealed partial class SqlTransaction : IDbTransaction, ITableJoins
{
    private readonly SqlAdapter _adapter;
    private readonly SqlLease _lease;
    private readonly bool _exclusive;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<TransactionRows> _readers = [];
    private readonly Stack<string> _savepoints = new();
    private readonly TransactionState _state = new();
    private readonly List<SqlClaim> _claims = [];

    internal SqlTransaction(SqlAdapter adapter, SqlLease lease, DbTransaction inner, bool exclusive)
    {
        _adapter = adapter;
        _lease = lease;
        _exclusive = exclusive;
        Inner = inner;
    }

    /// <summary>The connection; used only within <see cref="RunAsync{T}"/>.</summary>
    public DbConnection Connection => _lease.Connection;

    /// <summary>The driver's transaction.</summary>
    public DbTransaction Inner { get; }

    /// <summary>Whether the transaction belongs to one call alone, so that nobody waits for its connection.</summary>
    internal bool IsExclusive => _exclusive;

    /// <inheritdoc/>
    public DbConductorException? DoomedBy => _state.DoomedBy;

    /// <inheritdoc/>
    public async Task CommitAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // what is refused here leaves the transaction as it is: to be rolled back
            _state.ThrowIfUnusable();
            await SetReadersAsideAsync(cancel).ConfigureAwait(false);
            _state.HasEnded = true;
        }
        catch
        {
            _gate.Release();
            throw;
        }

        try
        {
            await Inner.CommitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await SettleAsync(CommitError(e)).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // A server that answers COMMIT with an error has rolled back and says why. Where no answer came, nobody knows.
    private DbConductorException CommitError(Exception error)
    {
        DbConductorException ours = _adapter.ToError(error, null);
        return ours.Kind is not (DbErrorKind.Connection or DbErrorKind.Timeout) && error is not OperationCanceledException ? ours : new(
            DbErrorKind.OutcomeUnknown,
            "The connection broke while COMMIT was under way: the outcome is unknown, the rows may be there or not. " +
            "Look before sending them again.",
            error)
        { Target = _adapter.Info.Location };
    }

    // what the ledger has of this transaction tells whether it was committed
    private async Task SettleAsync(DbConductorException error)
    {
        if (error.Kind != DbErrorKind.OutcomeUnknown || _claims.Count == 0)
        {
            throw error;
        }

        switch (await _claims[0].Ledger.AskAsync(_claims[0].Chunk).ConfigureAwait(false))
        {
            case true:
                return;
            case false:
                throw new DbConductorException(
                    DbErrorKind.Connection,
                    "The connection broke while COMMIT was under way, and the ledger says that nothing was kept. Send the same again, under the same -BatchId.",
                    error)
                { Target = error.Target, IsTransient = true };
            default:
                throw error.With(
                    "The connection broke while COMMIT was under way, and the server does not answer: the outcome is unknown. " +
                    "Send the same again, under the same -BatchId, once it does: what is there already is not written twice.",
                    error);
        }
    }

    /// <summary>Notes an entry into the ledger that is part of this transaction.</summary>
    internal void Claimed(SqlClaim claim)
    {
        claim.Depth = _savepoints.Count;
        _claims.Add(claim);
    }

    /// <inheritdoc/>
    public async Task RollbackAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        if (_state.HasEnded)
        {
            _gate.Release();
            return;
        }

        _state.HasEnded = true;
        try
        {
            await SetReadersAsideAsync(cancel).ConfigureAwait(false);
            await Inner.RollbackAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // a connection that is gone has rolled back on the server by itself, and some errors roll back too
            DbConductorException error = _adapter.ToError(e, null);
            if (error.Kind != DbErrorKind.Connection && _adapter.IsAlive(Inner, error))
            {
                throw error;
            }
        }
        finally
        {
            _gate.Release();
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task SaveAsync(string savepoint, CancellationToken cancel) => RunAsync(true, null, async () =>
    {
        await ExecuteAsync(new($"SAVEPOINT {_adapter.Dialect.Quote(savepoint)}"), cancel).ConfigureAwait(false);
        _savepoints.Push(savepoint);
        return 0;
    }, cancel);

    /// <inheritdoc/>
    public Task ReleaseAsync(string savepoint, CancellationToken cancel) => RunAsync(true, null, async () =>
    {
        ThrowIfNotInnermost(savepoint);
        await _adapter.BeforeReleaseAsync(Connection, Inner, cancel).ConfigureAwait(false);
        await ExecuteAsync(new($"RELEASE SAVEPOINT {_adapter.Dialect.Quote(savepoint)}"), cancel).ConfigureAwait(false);
        _savepoints.Pop();
        _claims.ForEach(claim => claim.Depth = Math.Min(claim.Depth, _savepoints.Count));
        return 0;
    }, cancel);

    /// <inheritdoc/>
    public async Task RollbackToAsync(string savepoint, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _state.ThrowIfEnded();
            ThrowIfNotInnermost(savepoint);
            await SetReadersAsideAsync(cancel).ConfigureAwait(false);
            string name = _adapter.Dialect.Quote(savepoint);
            await ExecuteAsync(new($"ROLLBACK TO SAVEPOINT {name}"), cancel).ConfigureAwait(false);
            await ExecuteAsync(new($"RELEASE SAVEPOINT {name}"), cancel).ConfigureAwait(false);
            _savepoints.Pop();
            _claims.RemoveAll(claim => claim.Depth > _savepoints.Count);
            _state.DoomedBy = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // where the server has dropped the whole transaction (a deadlock on MySQL), going back to a savepoint cannot save it
            throw _state.DoomedBy = _adapter.ToError(e, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_state.HasEnded)
        {
            return;
        }

        try
        {
            await RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbConductorException)
        {
            // disposing must not hide the error that led here; the closed connection rolls back
        }
    }

    /// <summary>Runs a piece of work on the connection, alone. A write first sets open readers aside, and dooms the transaction when it fails.</summary>
    internal async Task<T> RunAsync<T>(bool write, TableName? table, Func<Task<T>> work, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _state.ThrowIfUnusable();
            await SetReadersAsideAsync(cancel).ConfigureAwait(false);
            return await work().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Exception error = _adapter.ToError(e, table, cancel);
            bool ours = e is DbConductorException;
            if (write || (_adapter.ReadErrorsDoom && !ours) || error is OperationCanceledException)
            {
                _state.Doom(error, table);
            }

            throw error;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs a statement on the connection, which the caller has to itself, and returns the number of rows that it changed.</summary>
    public Task<long> ExecuteAsync(SqlStatement statement, CancellationToken cancel) => _adapter.ExecuteAsync(Connection, Inner, statement, cancel);

    /// <summary>Runs something on an open reader while nothing else uses the connection.</summary>
    internal async Task<T> WithReaderAsync<T>(Func<Task<T>> read, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await read().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    internal void Forget(TransactionRows reader) => _readers.Remove(reader);

    private async Task SetReadersAsideAsync(CancellationToken cancel)
    {
        foreach (TransactionRows reader in _readers.ToArray())
        {
            await reader.SetAsideAsync(cancel).ConfigureAwait(false);
        }

        _readers.Clear();
    }

    private void ThrowIfNotInnermost(string savepoint)
    {
        if (!_savepoints.TryPeek(out string? innermost) || innermost != savepoint)
        {
            throw new DbConductorException(DbErrorKind.InvalidOperation, $"'{savepoint}' is not the innermost savepoint.");
        }
    }

    private async Task CloseAsync()
    {
        await Inner.DisposeAsync().ConfigureAwait(false);
        await _adapter.AfterTransactionAsync(Connection).ConfigureAwait(false);
        await _lease.DisposeAsync().ConfigureAwait(false);
    }
}
