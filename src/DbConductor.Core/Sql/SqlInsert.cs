namespace DbConductor.Sql;

/// <summary>Adds rows to a table by the bulk path; from the first one on that lacks a column which has a default, by way of a temporary table.</summary>
internal sealed class SqlInsert(SqlAdapter adapter, TableName table, TableMapping mapping, SqlShapes? shapes)
{
    private readonly SqlDialect _dialect = adapter.Dialect;

    /// <summary>Whether rows lacked columns, so that a temporary table was needed.</summary>
    public bool Split { get; private set; }

    /// <summary>Adds rows until the end of the input, or until the limit.</summary>
    /// <returns>How many.</returns>
    public async Task<long> RunAsync(SqlTransaction transaction, SqlLoader loader, long? limit, int? batchSize, CancellationToken cancel)
    {
        long loaded = await loader.LoadAsync(transaction, table, table, mapping.Columns, limit, batchSize, marks: false, cancel).ConfigureAwait(false);
        if (!loader.IsAtPartial || loaded == limit)
        {
            return loaded;
        }

        Split = true;
        SqlStage stage = new(adapter, table, mapping.Columns, []);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long staged = await loader.LoadAsync(transaction, stage.Name, table, mapping.Columns, limit - loaded, batchSize, marks: true, cancel).ConfigureAwait(false);
        return loaded + await transaction.RunAsync(true, table, async () =>
        {
            long inserted = 0;
            await SqlShapes.ForEachAsync(shapes, transaction, stage.Name, mapping.Columns, [], async (part, columns) =>
                inserted += await transaction.ExecuteAsync(new(_dialect.InsertFromStage(table, part, columns, [])), cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            shapes!.Forget();
            return inserted == staged ? inserted : throw SqlLoader.Miscounted(table, staged, inserted);
        }, cancel).ConfigureAwait(false);
    }
}
