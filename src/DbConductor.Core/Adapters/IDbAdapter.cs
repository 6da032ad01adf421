namespace DbConductor;

/// <summary>An open session on one database. It commits by itself and is safe to use from several threads; a transaction is an object of its own.</summary>
public interface IDbAdapter : IDbOperations, IAsyncDisposable
{
    /// <summary>What is at the other end; known once connected.</summary>
    AdapterInfo Info { get; }

    /// <summary>Connects, or connects anew after the connection was lost.</summary>
    Task ConnectAsync(CancellationToken cancel);

    /// <summary>Sends the smallest possible query, to see that the server answers.</summary>
    Task PingAsync(CancellationToken cancel);

    /// <summary>The server's clock, so that machines whose clocks differ agree.</summary>
    Task<DateTimeOffset> GetServerTimeAsync(CancellationToken cancel);

    /// <summary>Removes a table or collection with all its rows; nothing where there is none.</summary>
    Task DropAsync(TableName table, CancellationToken cancel);

    /// <summary>Begins a transaction.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/> where the server has none.</exception>
    Task<IDbTransaction> BeginAsync(System.Data.IsolationLevel isolation, CancellationToken cancel);
}
