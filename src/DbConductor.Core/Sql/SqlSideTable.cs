namespace DbConductor.Sql;

/// <summary>A table that DbConductor keeps beside an operator's: the ledger, or rejects.</summary>
internal static class SqlSideTable
{
    /// <summary>
    /// Finds it or creates it, and describes it. It is created in a transaction of its own, ahead of the rows', so that two first callers do not wait for
    /// each other and DDL that commits commits nothing; inside an operator's transaction only where the database has no room for a second writer.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="shared">An operator's transaction; null where none is open.</param>
    /// <param name="name">The table's name.</param>
    /// <param name="columns">What it must have.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<TableSchema> OpenAsync(
        SqlAdapter adapter, SqlTransaction? shared, TableName name, TableSchema columns, string what, CancellationToken cancel)
    {
        // where DDL commits, looking for a table inside the transaction would lock it against being created
        bool looksInside = shared is not null && adapter.Info.TransactionalDdl;
        TableSchema? found = looksInside
            ? await shared!.DescribeAsync(name, cancel).ConfigureAwait(false)
            : await adapter.DescribeAsync(name, cancel).ConfigureAwait(false);
        found ??= looksInside && adapter.Info.SingleWriter
            ? await InsideAsync().ConfigureAwait(false)
            : await BesideAsync().ConfigureAwait(false);
        return columns.Columns.FirstOrDefault(c => found.IndexOf(c.Name) < 0) is { } missing
            ? throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"'{name}' is no table of {what}: it has no column '{missing.Name}'. Name another table, or one that is not there yet.")
            { Target = name.ToString(), Column = missing.Name }
            : found;

        async Task<TableSchema> InsideAsync()
        {
            await shared!.CreateAsync(name, columns, cancel).ConfigureAwait(false);
            return await shared.DescribeAsync(name, cancel).ConfigureAwait(false) ?? throw adapter.Missing(name);
        }

        async Task<TableSchema> BesideAsync()
        {
            try
            {
                await adapter.CreateAsync(name, columns, cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e) when (e.Kind is DbErrorKind.AlreadyExists or DbErrorKind.DuplicateKey)
            {
                // somebody else was faster
            }
            catch (DbConductorException e) when (looksInside && e.Kind == DbErrorKind.NotFound)
            {
                // its schema was created in the transaction, where nobody else can see it
                return await InsideAsync().ConfigureAwait(false);
            }

            return await adapter.DescribeAsync(name, cancel).ConfigureAwait(false) ?? throw adapter.Missing(name);
        }
    }
}
