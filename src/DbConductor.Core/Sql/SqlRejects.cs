namespace DbConductor.Sql;

/// <summary>The rejects of one call on their way into a table and a file.</summary>
internal sealed class SqlRejects(SqlAdapter adapter, TableName table, SaveOptions options) : CallRejects(table, options)
{
    /// <summary>Finds the table of rejects or creates it.</summary>
    /// <param name="shared">An operator's transaction; null where none is open.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task OpenAsync(SqlTransaction? shared, CancellationToken cancel)
    {
        if (Into is { } into)
        {
            await SqlSideTable.OpenAsync(adapter, shared, into, RejectTable.Schema, "rejects", cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Writes those that have gathered, as part of the transaction.</summary>
    public async Task FlushAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        if (Pending.Count > 0 && Into is { } into)
        {
            SqlSave save = new(adapter, into, RejectTable.ToRows(Pending), new SaveOptions(), null);
            await save.RunAsync(transaction, null, cancel).ConfigureAwait(false);
        }

        await HandOverAsync(cancel).ConfigureAwait(false);
    }
}
