namespace DbConductor.Sql;

/// <summary>Updates or deletes the rows of a table whose keys equal those of given rows: bulk into a temporary table, then one statement.</summary>
internal sealed class SqlByKey(SqlAdapter adapter, TableName table, RowReader rows, IReadOnlyList<string> keyNames, bool delete)
{
    public async Task<long> RunAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        TableSchema schema = await transaction.RunAsync(
            false, table, () => adapter.RequireAsync(transaction.Connection, transaction.Inner, table, cancel), cancel).ConfigureAwait(false);
        if (!await RowWalker.BringsColumnsAsync(rows, cancel).ConfigureAwait(false))
        {
            return 0;
        }

        TableMapping mapping = TableMapping.Make(table, schema, rows.Columns, keyNames, keyOnly: delete);
        mapping.RequireKey(delete ? "Remove-DbBatch" : "Update-DbBatch");
        if (!delete && mapping.Columns.All(mapping.Key.Contains))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The rows bring nothing but their key: there is nothing to set.")
            { Target = table.ToString() };
        }

        SqlStage stage = new(adapter, table, mapping.Columns, mapping.Key);
        SqlShapes? shapes = delete ? null : SqlShapes.Make(adapter, table, mapping.Columns, column => !mapping.Key.Contains(column));
        SqlLoader loader = new(adapter, mapping.Convert(rows, new SaveOptions().NullTexts, keyed: true, updates: !delete), shapes, null);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long staged = await loader.StageAsync(transaction, stage.Name, table, mapping.Columns, null, null, cancel).ConfigureAwait(false);
        return await transaction.RunAsync(true, table, async () =>
        {
            long repeated = await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            SqlRowSearch search = new(adapter, table, mapping, stage.Name, rejects: false, async (from, _) =>
            {
                long changed = 0;
                await SqlShapes.ForEachAsync(shapes, transaction, from, mapping.Columns, mapping.Key, async (part, columns) =>
                    changed += delete
                        ? await transaction.ExecuteAsync(new(adapter.Dialect.DeleteByStage(table, part, mapping.Key, negated: false)), cancel).ConfigureAwait(false)
                        : await SqlStage.UpdateAsync(adapter, transaction, table, part, columns, mapping.Key, [], cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
                return changed;
            });
            long matched = await search.CarryAsync(transaction, staged, repeated == 0 && shapes?.IsMarked != true ? 0 : null, cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return matched;
        }, cancel).ConfigureAwait(false);
    }
}
