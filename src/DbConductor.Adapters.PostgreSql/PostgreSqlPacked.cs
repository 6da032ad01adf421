using DbConductor.Sql;
using Npgsql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>
/// Rows of a table, either one by one or as a binary COPY (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4), in which they are counted
/// by walking from field to field, and looked at no further.
/// </summary>
internal sealed class PostgreSqlPacked(
    PostgreSqlAdapter adapter, SqlLease lease, SqlStatement statement, Operation operation, Func<CancellationToken, Task<RowReader>> open)
    : DeferredRows(statement.Columns!, open, () => ReleaseAsync(lease, operation)), IPackedRows
{
    /// <summary>The format.</summary>
    public const string BinaryCopy = "PostgreSQL binary COPY";

    private readonly CopyScan _scan = new();
    private NpgsqlRawCopyStream? _stream;
    private bool _ended;

    public string Format => BinaryCopy;

    public long PackedRows => _scan.Rows;

    public async ValueTask<int> ReadPackedAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (_ended)
        {
            return 0;
        }

        try
        {
            if (_stream is null)
            {
                Take();
                _stream = await ((NpgsqlConnection)lease.Connection).BeginRawBinaryCopyAsync($"COPY ({statement.Text}) TO STDOUT (FORMAT BINARY)", cancel).ConfigureAwait(false);
                _stream.ReadTimeout = Timeout.Infinite;
            }

            // the server sends a message per row
            int length = 0;
            while (length < buffer.Length)
            {
                int read = await _stream.ReadAsync(buffer[length..], cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    _ended = true;
                    break;
                }

                length += read;
            }

            _scan.Add(buffer.Span[..length]);
            return !_ended || _scan.IsWhole
                ? length
                : throw new DbConductorException(DbErrorKind.Connection, "The rows ended in the middle: the server or the connection broke off. Nothing was kept; try again.");
        }
        catch (Exception e) when (e is not DbConductorException)
        {
            Exception error = cancel.IsCancellationRequested ? new OperationCanceledException(null, e, cancel) : adapter.ToError(e);
            operation.Fail(error);
            throw error;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            operation.RowsRead = _scan.Rows;
            try
            {
                if (!_ended)
                {
                    // disposing alone would read the rest
                    _ended = true;
                    await stream.CancelAsync().ConfigureAwait(false);
                }

                await stream.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or InvalidOperationException or IOException)
            {
                // the cancelled COPY answers with its cancellation; nobody waits for these rows any more
            }

            await ReleaseAsync(lease, operation).ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static ValueTask ReleaseAsync(SqlLease lease, Operation operation)
    {
        operation.Dispose();
        return lease.DisposeAsync();
    }

    /// <summary>Sends packed rows into an open COPY: the next ones are fetched while the last ones are on their way.</summary>
    /// <param name="load">The load.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="stream">The open COPY; it is neither completed nor cancelled here.</param>
    /// <param name="cancel">Ends between two pieces, or while waiting for one.</param>
    /// <param name="hard">Ends in the middle of sending, at the price of the connection.</param>
    public static async Task<long> SendAsync(SqlLoad load, IPackedRows rows, Stream stream, CancellationToken cancel, CancellationToken hard)
    {
        byte[] filling = new byte[CopyBuffer.FlushAt];
        byte[] leaving = new byte[CopyBuffer.FlushAt];
        Task sent = Task.CompletedTask;
        try
        {
            while (await rows.ReadPackedAsync(filling, cancel).ConfigureAwait(false) is var length and > 0)
            {
                await sent.ConfigureAwait(false);
                sent = stream.WriteAsync(filling.AsMemory(0, length), hard).AsTask();
                (filling, leaving) = (leaving, filling);
                load.OnProgress?.Invoke(rows.PackedRows);
            }
        }
        catch
        {
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await sent.ConfigureAwait(false);
        return rows.PackedRows;
    }
}
