using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Carries the rows of a loaded temporary table on, and where the table refuses them all without saying by which row's fault, finds that row.
/// The transaction is lost already, so that nothing of the search stays; it takes about as long as carrying all of them on twice.
/// </summary>
/// <param name="adapter">The adapter.</param>
/// <param name="table">The table that the rows go to.</param>
/// <param name="mapping">Which columns, and by which key.</param>
/// <param name="stage">The temporary table.</param>
/// <param name="rejects">Whether the caller could have rows rejected, which would name them.</param>
/// <param name="carry">Carries the rows of a temporary table on, so many of them, and returns how many landed.</param>
internal sealed class SqlRowSearch(SqlAdapter adapter, TableName table, TableMapping mapping, TableName stage, bool rejects, Func<TableName, long, Task<long>> carry)
{
    private const string Savepoint = "dbconductor_search";

    private readonly SqlDialect _dialect = adapter.Dialect;

    /// <summary>Carries all rows on.</summary>
    /// <param name="transaction">The transaction, in the caller's turn.</param>
    /// <param name="count">How many rows there are.</param>
    /// <param name="before">How many rows of the input went before them; null where a row's place in the temporary table is not its place in the input.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>How many landed.</returns>
    public async Task<long> CarryAsync(SqlTransaction transaction, long count, long? before, CancellationToken cancel)
    {
        if (before is not null)
        {
            await MarkAsync(transaction, cancel).ConfigureAwait(false);
        }

        try
        {
            long carried = await carry(stage, count).ConfigureAwait(false);
            if (before is not null)
            {
                await ReleaseAsync(transaction, cancel).ConfigureAwait(false);
            }

            return carried;
        }
        catch (Exception e) when (adapter.ToError(e, table, cancel) is DbConductorException { Row: null, ServerCode: not null } error && Reject.IsOfRow(error.Kind))
        {
            long? row = before is null ? null : await FindAsync(transaction, error, cancel).ConfigureAwait(false);
            throw row is not null ? error.At(before!.Value + row.Value) : rejects ? error.WithRejectHint() : error;
        }
    }

    /// <summary>The row's place in the temporary table, counted from 1; null where the transaction takes no further statement, and where none fails by itself.</summary>
    private async Task<long?> FindAsync(SqlTransaction transaction, DbConductorException error, CancellationToken cancel)
    {
        if (!adapter.IsAlive(transaction.Inner, error))
        {
            return null;
        }

        try
        {
            await GoBackAsync(transaction, cancel).ConfigureAwait(false);
            string ordinal = _dialect.StageOrdinal, rows = _dialect.Quote(stage);
            long last = await NumberAsync(transaction, $"SELECT max({ordinal}) FROM {rows}", cancel).ConfigureAwait(false);
            long? found = await FirstRefused.FindAsync(1, last + 1, (from, to) => PassesAsync(transaction, from, to - 1, cancel)).ConfigureAwait(false);
            return found is null ? null : await NumberAsync(
                transaction, string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM {rows} WHERE {ordinal} <= {found}"), cancel).ConfigureAwait(false);
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
        await MarkAsync(transaction, cancel).ConfigureAwait(false);
        bool passes;
        try
        {
            long count = await transaction.ExecuteAsync(new(_dialect.CopyStage(part.Name, stage, mapping.Columns, low, high)), cancel).ConfigureAwait(false);
            await carry(part.Name, count).ConfigureAwait(false);
            await ReleaseAsync(transaction, cancel).ConfigureAwait(false);
            passes = true;
        }
        catch (Exception e) when (adapter.ToError(e, table, cancel) is DbConductorException error && Reject.IsOfRow(error.Kind))
        {
            await GoBackAsync(transaction, cancel).ConfigureAwait(false);
            passes = false;
        }

        await part.DropAsync(transaction, cancel).ConfigureAwait(false);
        return passes;
    }

    // only where an error would leave a transaction that takes no further statement; elsewhere the failed statement is undone by itself
    private Task MarkAsync(SqlTransaction transaction, CancellationToken cancel) => OnSavepointAsync(transaction, "SAVEPOINT", cancel);

    private Task ReleaseAsync(SqlTransaction transaction, CancellationToken cancel) => OnSavepointAsync(transaction, "RELEASE SAVEPOINT", cancel);

    private async Task GoBackAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        await OnSavepointAsync(transaction, "ROLLBACK TO SAVEPOINT", cancel).ConfigureAwait(false);
        await ReleaseAsync(transaction, cancel).ConfigureAwait(false);
    }

    private async Task OnSavepointAsync(SqlTransaction transaction, string statement, CancellationToken cancel)
    {
        if (adapter.ReadErrorsDoom)
        {
            await transaction.ExecuteAsync(new($"{statement} {_dialect.Quote(Savepoint)}"), cancel).ConfigureAwait(false);
        }
    }

    private async Task<long> NumberAsync(SqlTransaction transaction, string sql, CancellationToken cancel) => Convert.ToInt64(
        await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(sql), cancel).ConfigureAwait(false), CultureInfo.InvariantCulture);
}
