using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The number of the lease under which rows are written, in the ledger beside them (<see cref="SaveOptions.Lease"/>): entered in the transaction of each commit, or on a server
/// without transactions before a commit's first row.
/// </summary>
internal sealed class MongoFence
{
    private readonly TableName _ledger;
    private readonly TableName _table;
    private readonly StashLease _lease;

    private MongoFence(MongoScope scope, TableName table, TableName ledger, StashLease lease)
    {
        (_table, _ledger, _lease) = (table, ledger, lease);
        IsPartOfCommit = scope.Adapter.HasTransactions;
    }

    /// <summary>Whether the number is entered in the transaction of each commit.</summary>
    public bool IsPartOfCommit { get; }

    /// <summary>Finds the ledger beside a collection, or creates it.</summary>
    public static async Task<MongoFence> OpenAsync(MongoScope scope, TableName table, StashLease lease, CancellationToken cancel)
    {
        TableName ledger = table with { Name = LedgerEntry.Table };
        await SideCollection.OpenAsync(scope, ledger, MongoLedger.Schema, cancel).ConfigureAwait(false);
        return new(scope, table, ledger, lease);
    }

    /// <summary>Enters the lease's number as the highest that has written here.</summary>
    /// <param name="scope">The commit's transaction, or where there is none, the session.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: a higher one is there, or the lease was lost.</exception>
    public async Task EnterAsync(MongoScope scope, CancellationToken cancel)
    {
        await _lease.RequireHeldAsync(cancel).ConfigureAwait(false);
        LedgerEntry entry = LedgerEntry.Of(_lease);
        BsonDocument one = new() { { "id", LedgerEntry.IdOf(entry.Target, entry.BatchId) }, { "chunk", entry.Chunk } };
        BsonDocument notHigher = new(one) { { "input_rows", new BsonDocument("$lte", entry.InputRows) } };
        BsonDocument set = new("$set", new BsonDocument { { "input_rows", entry.InputRows }, { "content", entry.Content }, { "saved_at", entry.Time.UtcDateTime } });
        while (await scope.UpdateAsync(_ledger, notHigher, set, cancel).ConfigureAwait(false) == 0)
        {
            if (await scope.CountAsync(_ledger, one, cancel).ConfigureAwait(false) > 0)
            {
                throw _lease.Superseded(_table);
            }

            try
            {
                await scope.InsertAsync(_ledger, [MongoLedger.Document(_ledger, entry)], cancel).ConfigureAwait(false);
                return;
            }
            catch (MongoBulkWriteException<RawDocument> e) when (scope.Session is null && e.WriteErrors.Count > 0 && e.WriteErrors[0].Code == 11000)
            {
                // another one was the first here meanwhile
            }
        }
    }
}
