using System.Data.Common;

namespace DbConductor.Sql;

/// <summary>A connection for one piece of work. Disposing gives it back to the pool, or to whoever else waits for the only one.</summary>
/// <param name="connection">The open connection.</param>
/// <param name="release">What gives it back; null means that disposing the connection does.</param>
public sealed class SqlLease(DbConnection connection, Action? release = null) : IAsyncDisposable
{
    private Action? _release = release;
    private readonly bool _shared = release is not null;

    /// <summary>The open connection.</summary>
    public DbConnection Connection { get; } = connection;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_shared)
        {
            return Connection.DisposeAsync();
        }

        Interlocked.Exchange(ref _release, null)?.Invoke();
        return default;
    }
}
