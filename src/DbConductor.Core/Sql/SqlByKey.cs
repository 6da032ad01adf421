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
        if (!delete && mapping.Columns.All(mapping.Key.Contains))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The rows bring nothing but their key: there is nothing to set.")
            { Target = table.ToString() };
        }

        SqlStage stage = new(adapter, table, mapping.Columns, mapping.Key);
        SqlShapes? shapes = delete ? null : SqlShapes.Make(adapter, table, mapping.Columns, column => !mapping.Key.Contains(column));
        SqlLoader loader = new(adapter, mapping.Convert(rows, new SaveOptions().NullTexts, keyed: true, updates: !delete), shapes, null);
        await transaction.RunAsync(true, table, async () =>
        {
            await stage.CreateAsync(transaction, cancel).ConfigureAwait(false);
            return 0;
        }, cancel).ConfigureAwait(false);
        await loader.LoadAsync(transaction, stage.Name, table, mapping.Columns, null, null, marks: false, cancel).ConfigureAwait(false);
        if (loader.IsAtPartial)
        {
            await loader.LoadAsync(transaction, stage.Name, table, mapping.Columns, null, null, marks: true, cancel).ConfigureAwait(false);
        }

        return await transaction.RunAsync(true, table, async () =>
        {
            await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            long matched = 0;
            await SqlShapes.ForEachAsync(shapes, transaction, stage.Name, mapping.Columns, mapping.Key, async (part, columns) =>
                matched += await ChangeAsync(transaction, part, columns, mapping.Key, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return matched;
        }, cancel).ConfigureAwait(false);
    }

    private async Task<long> ChangeAsync(
        SqlTransaction transaction, TableName stage, IReadOnlyList<Column> columns, IReadOnlyList<Column> key, CancellationToken cancel)
    {
        if (delete)
        {
            return await transaction.ExecuteAsync(new(adapter.Dialect.DeleteByStage(table, stage, key, negated: false)), cancel).ConfigureAwait(false);
        }

        List<Column> set = [.. columns.Except(key)];
        return set.Count > 0
            ? await transaction.ExecuteAsync(new(adapter.Dialect.UpdateFromStage(table, stage, set, key, [])), cancel).ConfigureAwait(false)
            : Convert.ToInt64(
                await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(adapter.Dialect.CountMatched(table, stage, key)), cancel).ConfigureAwait(false),
                System.Globalization.CultureInfo.InvariantCulture);
    }
}
