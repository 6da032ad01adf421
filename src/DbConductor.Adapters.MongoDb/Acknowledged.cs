using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// What a call has written without a transaction, so that it can be removed again: documents whose <c>_id</c> we made by a range, those that bring their own by the
/// list of those that the server has acknowledged, and no other.
/// </summary>
internal sealed class Acknowledged(TableName table, MadeIds ids, long rowsBefore)
{
    private readonly List<DocumentInsert.Batch> _withOwnIds = [];
    private bool _made;

    /// <summary>Called before a batch is sent.</summary>
    public void Begin(DocumentInsert.Batch batch)
    {
        _made |= batch.OwnIds.Count < batch.Documents.Count;
        if (batch.OwnIds.Count > 0)
        {
            _withOwnIds.Add(batch);
        }
    }

    /// <summary>Removes it, after every batch has been answered or given up.</summary>
    public async Task RemoveAsync(MongoScope scope, Exception cause)
    {
        if (_made)
        {
            await Removal.RunAsync(scope, table, ids.From(rowsBefore + 1), cause).ConfigureAwait(false);
        }

        foreach (DocumentInsert.Batch batch in _withOwnIds.Where(b => b.Refused is not null))
        {
            BsonArray own = [.. batch.OwnIds.Except(batch.Refused!).Select(i => IdOf(batch.Documents[i]))];
            await Removal.RunAsync(scope, table, new(CollectionSchema.Id, new BsonDocument("$in", own)), cause).ConfigureAwait(false);
        }

        if (_withOwnIds.Where(b => b.Refused is null).ToArray() is { Length: > 0 } unknown)
        {
            DbConductorException ours = scope.Adapter.Calls.ToError(cause is OperationCanceledException ? new DbConductorException(DbErrorKind.Cancelled, "The write was cancelled.") : cause, table);
            string which = string.Join(", ", unknown.Select(b => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{b.FirstRow}-{b.FirstRow + b.Documents.Count - 1}")));
            throw new DbConductorException(
                DbErrorKind.OutcomeUnknown,
                $"{ours.Message} The server's answer for the rows {which} was lost. They bring an _id of their own, so that nobody can tell whether they were written by this call: they may be in '{table}'. " +
                "Look before sending them again.",
                ours)
            { Target = table.ToString(), Row = ours.Row };
        }
    }

    private static BsonValue IdOf(RawDocument document) => BsonSerializer.Deserialize<BsonDocument>(document.Bytes)[CollectionSchema.Id];
}
