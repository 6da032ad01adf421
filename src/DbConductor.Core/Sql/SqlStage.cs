namespace DbConductor.Sql;

/// <summary>A temporary table into which rows are loaded, before statements carry them on.</summary>
internal sealed class SqlStage(SqlAdapter adapter, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key)
{
    private readonly SqlDialect _dialect = adapter.Dialect;

    public TableName Name { get; } = adapter.Dialect.StageName($"dbconductor_{Guid.NewGuid():N}"[..28]);

    /// <summary>The table whose columns it has.</summary>
    public TableName Table => table;

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

    public Task DropAsync(SqlTransaction transaction, CancellationToken cancel) =>
        transaction.ExecuteAsync(new(_dialect.DropStage(Name)), cancel);
}
