namespace DbConductor.Adapters.MongoDb;

/// <summary>What a server without transactions cannot do as a whole or not at all.</summary>
internal static class Standalone
{
    /// <summary>Refuses a change of documents that are there: unlike a new document, it could not be taken back where the call fails in the middle.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/>.</exception>
    public static void Refuse(MongoScope scope, TableName table, string what, string remedy = "Make the server a replica set (one member is enough), or send a native command, which changes each document by itself (Invoke-DbQuery).")
    {
        if (scope.Session is null && !scope.Adapter.HasTransactions)
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"{what} of '{table}' cannot be all or nothing on {scope.Adapter.Location}, a standalone server, which has no transactions. {remedy}")
            { Target = table.ToString() };
        }
    }
}
