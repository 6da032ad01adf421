using System.Globalization;

namespace DbConductor.Sql;

/// <summary>A temporary table into which rows are loaded, before statements carry them on.</summary>
internal sealed class SqlStage(SqlAdapter adapter, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key)
{
    private readonly SqlDialect _dialect = adapter.Dialect;

    public TableName Name { get; } = adapter.Dialect.StageName($"dbconductor_{Guid.NewGuid():N}"[..28]);

    /// <summary>Creates it in a turn of its own, before rows are loaded.</summary>
    public Task OpenAsync(SqlTransaction transaction, CancellationToken cancel) => transaction.RunAsync(true, table, async () =>
    {
        await CreateAsync(transaction, cancel).ConfigureAwait(false);
        return 0;
    }, cancel);

    /// <summary>Creates it in the turn that the caller has.</summary>
    public async Task CreateAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        foreach (string sql in _dialect.CreateStage(Name, table, columns, key))
        {
            await transaction.ExecuteAsync(new(sql), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Called once all rows are in: leaves the last of each key, and returns how many rows went.</summary>
    public async Task<long> CloseAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        if (key.Count == 0)
        {
            return 0;
        }

        foreach (string sql in _dialect.IndexStage(Name, key))
        {
            await transaction.ExecuteAsync(new(sql), cancel).ConfigureAwait(false);
        }

        return await transaction.ExecuteAsync(new(_dialect.RemoveRepeated(Name, key)), cancel).ConfigureAwait(false);
    }

    /// <summary>Sets columns of the table's rows whose keys a loaded temporary table has, and returns how many have one, also where there is nothing to set.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="transaction">The transaction, in the caller's turn.</param>
    /// <param name="table">The table.</param>
    /// <param name="stage">The temporary table.</param>
    /// <param name="columns">The temporary table's columns.</param>
    /// <param name="key">Those by which rows are found.</param>
    /// <param name="defaults">Columns that get their default.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<long> UpdateAsync(
        SqlAdapter adapter, SqlTransaction transaction, TableName table, TableName stage, IReadOnlyList<Column> columns, IReadOnlyList<Column> key,
        IReadOnlyList<Column> defaults, CancellationToken cancel)
    {
        List<Column> set = [.. columns.Except(key)];
        return set.Count + defaults.Count > 0
            ? await transaction.ExecuteAsync(new(adapter.Dialect.UpdateFromStage(table, stage, set, key, defaults)), cancel).ConfigureAwait(false)
            : Convert.ToInt64(
                await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(adapter.Dialect.CountMatched(table, stage, key)), cancel).ConfigureAwait(false),
                CultureInfo.InvariantCulture);
    }

    public Task DropAsync(SqlTransaction transaction, CancellationToken cancel) =>
        transaction.ExecuteAsync(new(_dialect.DropStage(Name)), cancel);
}
