using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Writes of one collection that go in one round trip, each with the number of the row that it came from.</summary>
/// <param name="into">The collection into which they go.</param>
/// <param name="named">The collection that errors name.</param>
internal sealed class WriteBatch(TableName into, TableName named)
{
    private const int MostBytes = 2 << 20;

    private readonly List<WriteModel<RawDocument>> _writes = [];
    private readonly List<long> _numbers = [];
    private readonly HashSet<int> _ownIds = [];

    public int Count => _writes.Count;

    /// <summary>How many bytes the documents to insert take.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether it has the size that a round trip should have.</summary>
    public bool IsFull(int rows) => _writes.Count >= rows || Bytes >= MostBytes;

    /// <summary>Whether any document gets an <c>_id</c> that we made.</summary>
    public bool HasMadeIds => _ownIds.Count < Count;

    /// <summary>Whether any brings one of its own.</summary>
    public bool HasOwnIds => _ownIds.Count > 0;

    /// <summary>The first and the last row, for people.</summary>
    public string Range => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_numbers[0]}-{_numbers[^1]}");

    /// <summary>Adds a write.</summary>
    /// <param name="write">The write.</param>
    /// <param name="number">Its row.</param>
    /// <param name="ownId">Whether a document that it adds brings an <c>_id</c> of its own.</param>
    public void Add(WriteModel<RawDocument> write, long number, bool ownId = false)
    {
        if (ownId)
        {
            _ownIds.Add(Count);
        }

        Bytes += write is InsertOneModel<RawDocument> insert ? insert.Document.Bytes.Length : 0;
        _writes.Add(write);
        _numbers.Add(number);
    }

    /// <summary>Sends them, in order where it is part of a transaction.</summary>
    public async Task<WriteOutcome> SendAsync(MongoScope scope, CancellationToken cancel)
    {
        try
        {
            return new(await scope.WriteAsync(into, _writes, cancel).ConfigureAwait(false), [], []);
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0)
        {
            return new(
                e.Result,
                [.. e.WriteErrors.OrderBy(w => w.Index).Select(w => (w.Index, MongoDbErrors.From(w, named.ToString(), scope.Adapter.Location, _numbers[w.Index], e)))],
                [.. e.UnprocessedRequests.Select(w => _writes.IndexOf(w))]);
        }
    }

    /// <summary>The <c>_id</c>s that documents have brought which were added.</summary>
    public IEnumerable<BsonValue> OwnIds(WriteOutcome outcome)
    {
        IReadOnlyCollection<int> notWritten = outcome.NotWritten;
        foreach (int i in _ownIds)
        {
            if (_writes[i] is InsertOneModel<RawDocument> insert)
            {
                if (!notWritten.Contains(i))
                {
                    yield return BsonSerializer.Deserialize<BsonDocument>(insert.Document.Bytes)[CollectionSchema.Id];
                }
            }
            else if (outcome.Done.Upserts.FirstOrDefault(u => u.Index == i) is { } added)
            {
                yield return added.Id;
            }
        }
    }

    /// <summary>What is left to send, after a part was sent.</summary>
    public WriteBatch Rest(Func<int, bool> isLeft)
    {
        WriteBatch rest = new(into, named);
        for (int i = 0; i < Count; i++)
        {
            if (isLeft(i))
            {
                rest.Add(_writes[i], _numbers[i], _ownIds.Contains(i));
            }
        }

        return rest;
    }
}
