using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// What a call has written without a transaction, so that it can be removed again: documents whose <c>_id</c> we made by a range, those that bring their own by the
/// list of those that the server has acknowledged, and no other. Batches may be under way at the same time.
/// </summary>
internal sealed class Acknowledged(TableName table, MadeIds ids, long rowsBefore)
{
    private const int IdsPerRemoval = 10_000;

    private readonly object _gate = new();
    private readonly List<BsonValue> _own = [];
    private readonly List<WriteBatch> _open = [];
    private bool _made;

    /// <summary>Called before a batch is sent.</summary>
    public void Begin(WriteBatch batch)
    {
        if (ids.RequireHeld is { } requireHeld)
        {
            requireHeld();
            if (batch.HasOwnIds)
            {
                throw new DbConductorException(
                    DbErrorKind.NotSupported,
                    $"Documents that bring an _id of their own cannot be told from others' after a crash, and '{table}' is on a standalone server, which has no transactions: a batch with an id takes rows without one there. " +
                    "Leave -BatchId or the _id out, or make the server a replica set (one member is enough).")
                { Target = table.ToString() };
            }
        }

        lock (_gate)
        {
            _made |= batch.HasMadeIds;
            if (batch.HasOwnIds)
            {
                _open.Add(batch);
            }
        }
    }

    /// <summary>Called when the server has answered.</summary>
    public void End(WriteBatch batch, WriteOutcome outcome)
    {
        lock (_gate)
        {
            if (_open.Remove(batch))
            {
                _own.AddRange(batch.OwnIds(outcome));
            }
        }
    }

    /// <summary>Removes it, after every batch has been answered or given up.</summary>
    public async Task RemoveAsync(MongoScope scope, Exception cause)
    {
        if (_made)
        {
            await Removal.RunAsync(scope, table, ids.From(rowsBefore + 1), cause).ConfigureAwait(false);
        }

        foreach (BsonValue[] some in _own.Chunk(IdsPerRemoval))
        {
            await Removal.RunAsync(scope, table, new(CollectionSchema.Id, new BsonDocument("$in", new BsonArray(some))), cause).ConfigureAwait(false);
        }

        if (_open.Count > 0)
        {
            DbConductorException ours = scope.Adapter.Calls.ToError(cause is OperationCanceledException ? new DbConductorException(DbErrorKind.Cancelled, "The write was cancelled.") : cause, table);
            throw new DbConductorException(
                DbErrorKind.OutcomeUnknown,
                $"{ours.Message} The server's answer for the rows {string.Join(", ", _open.Select(b => b.Range))} was lost. They bring an _id of their own, so that nobody can tell whether they were written by this call: they may be in '{table}'. " +
                "Look before sending them again.",
                ours)
            { Target = table.ToString(), Row = ours.Row };
        }
    }
}
