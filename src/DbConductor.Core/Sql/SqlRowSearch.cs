using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Finds the row of a loaded temporary table by whose fault the table refused them all, where the server names none: the rows are carried on in parts that become
/// smaller by half. The transaction is lost already, so that nothing of it stays; it takes about as long as carrying all of them on twice.
/// </summary>
internal sealed class SqlRowSearch(SqlAdapter adapter, TableName table, TableMapping mapping, SqlMerge merge, TableName stage)
{
    private readonly SqlDialect _dialect = adapter.Dialect;

    /// <summary>The row's place in the table, counted from 1; null where the transaction takes no further statement.</summary>
    /// <param name="transaction">The transaction, in the caller's turn, in which the statement failed.</param>
    /// <param name="error">What it failed by.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<long?> FindAsync(SqlTransaction transaction, DbConductorException error, CancellationToken cancel)
    {
        if (adapter.ReadErrorsDoom || !adapter.IsAlive(transaction.Inner, error))
        {
            return null;
        }

        try
        {
            string ordinal = _dialect.StageOrdinal, rows = _dialect.Quote(stage);
            long low = 1, high = await NumberAsync(transaction, $"SELECT max({ordinal}) FROM {rows}", cancel).ConfigureAwait(false);
            while (low < high)
            {
                long middle = low + ((high - low) / 2);
                (low, high) = await PassesAsync(transaction, low, middle, cancel).ConfigureAwait(false) ? (middle + 1, high) : (low, middle);
            }

            return await NumberAsync(
                transaction, string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM {rows} WHERE {ordinal} <= {low}"), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // the connection broke, or another one holds a lock: the first error is the one to tell
            return null;
        }
    }

    private async Task<bool> PassesAsync(SqlTransaction transaction, long low, long high, CancellationToken cancel)
    {
        SqlStage part = new(adapter, table, mapping.Columns, mapping.Key);
        await part.CreateAsync(transaction, cancel).ConfigureAwait(false);
        try
        {
            long count = await transaction.ExecuteAsync(new(_dialect.CopyStage(part.Name, stage, mapping.Columns, low, high)), cancel).ConfigureAwait(false);
            await merge.ApplyAsync(transaction, part.Name, count, cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (adapter.ToError(e, table, cancel) is DbConductorException error && Reject.IsOfRow(error.Kind))
        {
            return false;
        }
        finally
        {
            await part.DropAsync(transaction, cancel).ConfigureAwait(false);
        }
    }

    private async Task<long> NumberAsync(SqlTransaction transaction, string sql, CancellationToken cancel) => Convert.ToInt64(
        await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(sql), cancel).ConfigureAwait(false), CultureInfo.InvariantCulture);
}
