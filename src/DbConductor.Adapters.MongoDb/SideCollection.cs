namespace DbConductor.Adapters.MongoDb;

/// <summary>A collection that DbConductor keeps beside an operator's: the ledger, or rejects.</summary>
internal static class SideCollection
{
    /// <summary>Finds it or creates it, outside any transaction: collections are no part of one.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a collection of that name declares other columns.</exception>
    public static async Task OpenAsync(MongoScope scope, TableName name, TableSchema columns, CancellationToken cancel)
    {
        CollectionSchema? found = await CollectionSchema.LoadAsync(scope, name, cancel).ConfigureAwait(false);
        if (found is null)
        {
            try
            {
                await CollectionCreation.RunAsync(scope, name, columns, cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.AlreadyExists)
            {
                // another call was first
            }
            catch (MongoDB.Driver.MongoCommandException e) when (e.Code == 48)
            {
                // likewise
            }

            return;
        }

        if (found.IsDeclared && columns.Columns.FirstOrDefault(c => ColumnNames.IndexOf(found.Columns, c.Name) < 0) is { } missing)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"'{name}' is a collection of something else: it declares no '{missing.Name}'. Name another one.") { Target = name.ToString() };
        }
    }
}
