using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The cursor that a command has answered with: its first batch, then the others by <c>getMore</c>. Left early, it is killed on the server.</summary>
internal sealed class CommandCursor(MongoScope scope, string? database, BsonDocument cursor) : IAsyncCursor<RawDocument>
{
    private long _id = cursor["id"].ToInt64();
    private BsonArray? _next = cursor["firstBatch"].AsBsonArray;

    public IEnumerable<RawDocument> Current { get; private set; } = [];

    public bool MoveNext(CancellationToken cancellationToken = default) => MoveNextAsync(cancellationToken).GetAwaiter().GetResult();

    public async Task<bool> MoveNextAsync(CancellationToken cancellationToken = default)
    {
        if (_next is null)
        {
            if (_id == 0)
            {
                return false;
            }

            BsonDocument answer = await scope.RunAsync(database, new() { { "getMore", _id }, { "collection", Collection } }, cancellationToken).ConfigureAwait(false);
            BsonDocument more = answer["cursor"].AsBsonDocument;
            _id = more["id"].ToInt64();
            _next = more["nextBatch"].AsBsonArray;
        }

        Current = _next.Select(d => new RawDocument(d.AsBsonDocument.ToBson())).ToList();
        _next = null;
        return true;
    }

    public void Dispose()
    {
        if (_id != 0)
        {
            // nobody waits for the answer: a cursor that is not killed goes by itself after ten minutes
            BsonDocument kill = new() { { "killCursors", Collection }, { "cursors", new BsonArray { _id } } };
            _id = 0;
            _ = scope.RunAsync(database, kill, CancellationToken.None).ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private string Collection => cursor["ns"].AsString.Split('.', 2)[1];
}
