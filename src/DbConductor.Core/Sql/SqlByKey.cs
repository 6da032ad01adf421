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

        SqlMapping mapping = SqlMapping.Make(table, schema, rows.Columns, keyNames, keyOnly: delete);
        mapping.RequireKey(delete ? "Remove-DbBatch" : "Update-DbBatch");
        List<Column> set = [.. mapping.Columns.Except(mapping.Key)];
        if (!delete && set.Count == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The rows bring nothing but their key: there is nothing to set.")
            { Target = table.ToString() };
        }

        SqlStage stage = new(adapter, table, mapping.Columns, mapping.Key);
        SqlLoader loader = new(adapter, mapping.Convert(rows, new SaveOptions().NullTexts, keyed: true), null);
        await transaction.RunAsync(true, table, async () =>
        {
            await stage.CreateAsync(transaction, cancel).ConfigureAwait(false);
            return 0;
        }, cancel).ConfigureAwait(false);
        await loader.LoadAsync(transaction, stage.Name, table, mapping.Columns, null, null, cancel).ConfigureAwait(false);
        return await transaction.RunAsync(true, table, async () =>
        {
            await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            string sql = delete
                ? adapter.Dialect.DeleteByStage(table, stage.Name, mapping.Key, negated: false)
                : adapter.Dialect.UpdateFromStage(table, stage.Name, set, mapping.Key, []);
            long matched = await transaction.ExecuteAsync(new(sql), cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return matched;
        }, cancel).ConfigureAwait(false);
    }
}
