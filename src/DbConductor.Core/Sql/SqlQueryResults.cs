using System.Data.Common;

namespace DbConductor.Sql;

/// <summary>The result sets of a native query, streamed from the driver.</summary>
internal sealed class SqlQueryResults(
    SqlAdapter adapter, DbCommand command, DbDataReader reader, CancellationTokenRegistration interrupt, IDisposable? notices, IAsyncDisposable? owned)
    : IQueryResults
{
    private bool _started;
    private bool _ended;

    public long RowsAffected => reader.RecordsAffected;

    public async Task<RowReader?> NextAsync(CancellationToken cancel)
    {
        try
        {
            using IDisposable? limit = adapter.LimitTime(command);
            while (!_ended)
            {
                _ended = _started && !await reader.NextResultAsync(cancel).ConfigureAwait(false);
                _started = true;
                if (!_ended && reader.FieldCount > 0)
                {
                    return adapter.Wrap(null, reader, adapter.DescribeResult(reader), null, cancel);
                }
            }

            return null;
        }
        catch (Exception e)
        {
            throw adapter.ToError(e, null, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_ended)
            {
                adapter.Cancel(command);
            }

            await reader.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // the cancelled command answers with its cancellation; nobody waits for these rows any more
        }
        finally
        {
            await interrupt.DisposeAsync().ConfigureAwait(false);
            notices?.Dispose();
            await command.DisposeAsync().ConfigureAwait(false);
            if (owned is not null)
            {
                await owned.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
