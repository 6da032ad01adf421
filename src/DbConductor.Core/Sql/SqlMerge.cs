namespace DbConductor.Sql;

/// <summary>Carries the rows of a loaded temporary table on into the table, as the mode says; and empties the table for an Overwrite.</summary>
internal sealed class SqlMerge(SqlAdapter adapter, TableName table, SaveMode mode, TableMapping mapping, SqlShapes? shapes)
{
    private readonly SqlDialect _dialect = adapter.Dialect;

    /// <summary>Keeps others out, and for an Overwrite removes the rows that are not to stay.</summary>
    /// <param name="transaction">The transaction, in the caller's turn.</param>
    /// <param name="stage">The temporary table, closed.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task BeginAsync(SqlTransaction transaction, TableName stage, CancellationToken cancel)
    {
        IReadOnlyList<Column> key = mapping.Key;
        await adapter.LockForMergeAsync(transaction, table, stage, key, cancel).ConfigureAwait(false);
        if (mode == SaveMode.Overwrite)
        {
            string gone = $"SELECT 1 FROM {_dialect.Quote(table)} AS t WHERE NOT EXISTS (SELECT 1 FROM {_dialect.Quote(stage)} AS s WHERE {_dialect.Match(key, "t", "s")}) LIMIT 1";
            await RefuseCascadesAsync(adapter, transaction, table, gone, cancel).ConfigureAwait(false);
            await transaction.ExecuteAsync(new(_dialect.DeleteByStage(table, stage, key, negated: true)), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Updates and inserts. Returns how many of the rows landed.</summary>
    /// <param name="transaction">The transaction, in the caller's turn.</param>
    /// <param name="stage">The temporary table, or another with some of its rows.</param>
    /// <param name="staged">How many rows are in it.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<long> ApplyAsync(SqlTransaction transaction, TableName stage, long staged, CancellationToken cancel)
    {
        IReadOnlyList<Column> key = mapping.Key;
        long updated = 0;
        long inserted = 0;
        await SqlShapes.ForEachAsync(shapes, transaction, stage, mapping.Columns, key, async (part, columns) =>
        {
            updated += mode == SaveMode.SkipExisting ? 0 : await UpdateAsync(transaction, part, columns, cancel).ConfigureAwait(false);

            // MySQL refuses an INSERT that leaves a column out which needs a value, even where it would add no row
            bool filled = columns.Count == mapping.Columns.Count && !mapping.Unfilled.Any();
            if (filled
                || await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(_dialect.AnyMissing(table, part, key)), cancel).ConfigureAwait(false) is not (null or DBNull))
            {
                inserted += await transaction.ExecuteAsync(new(_dialect.InsertFromStage(table, part, columns, key)), cancel).ConfigureAwait(false);
            }
        }, cancel).ConfigureAwait(false);

        // the key need not be unique in the table: then one row of the input updates several, and counts once
        return mode == SaveMode.SkipExisting ? inserted : Math.Min(updated + inserted, staged);
    }

    /// <summary>Removes every row. DELETE, not TRUNCATE: readers go on seeing the old rows, and triggers and foreign keys do their work.</summary>
    public static Task<long> EmptyAsync(SqlAdapter adapter, SqlTransaction transaction, TableName table, CancellationToken cancel) => transaction.RunAsync(true, table, async () =>
    {
        string name = adapter.Dialect.Quote(table);
        await RefuseCascadesAsync(adapter, transaction, table, $"SELECT 1 FROM {name} LIMIT 1", cancel).ConfigureAwait(false);
        return await transaction.ExecuteAsync(new($"DELETE FROM {name}"), cancel).ConfigureAwait(false);
    }, cancel);

    private Task<long> UpdateAsync(SqlTransaction transaction, TableName stage, IReadOnlyList<Column> columns, CancellationToken cancel)
    {
        List<Column> defaults = mode == SaveMode.Overwrite ? [.. mapping.Omitted, .. mapping.Columns.Except(columns)] : [];
        return SqlStage.UpdateAsync(adapter, transaction, table, stage, columns, mapping.Key, defaults, cancel);
    }

    private static async Task RefuseCascadesAsync(SqlAdapter adapter, SqlTransaction transaction, TableName table, string anyRowGoes, CancellationToken cancel)
    {
        IReadOnlyList<string> cascades = await adapter.CascadesIntoAsync(transaction.Connection, transaction.Inner, table, cancel).ConfigureAwait(false);
        if (cascades.Count > 0
            && await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(anyRowGoes), cancel).ConfigureAwait(false) is not (null or DBNull))
        {
            throw new DbConductorException(
                DbErrorKind.Constraint,
                $"-Mode Overwrite would remove rows of '{table}', and with them delete or change rows of other tables through foreign keys: " +
                $"{string.Join("; ", cascades)}. Use -Mode Upsert, or remove the dependent rows first.")
            { Target = table.ToString() };
        }
    }
}
