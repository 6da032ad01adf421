using System.Globalization;
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
    private int _ofOneDocument;

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
    public string Range => string.Create(CultureInfo.InvariantCulture, $"{_numbers[0]}-{_numbers[^1]}");

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

        // each of these is answered with one document, added or found; the others change as many as there are
        _ofOneDocument += write is InsertOneModel<RawDocument> or UpdateOneModel<RawDocument> { IsUpsert: true } ? 1 : 0;
        Bytes += write is InsertOneModel<RawDocument> insert ? insert.Document.Bytes.Length : 0;
        _writes.Add(write);
        _numbers.Add(number);
    }

    /// <summary>Sends them, in order where it is part of a transaction.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Server"/>: what the server counts is not what it was sent.</exception>
    public async Task<WriteOutcome> SendAsync(MongoScope scope, CancellationToken cancel)
    {
        try
        {
            WriteOutcome outcome = new(await scope.WriteAsync(into, _writes, cancel).ConfigureAwait(false), [], []);
            RequireAll(outcome);
            return outcome;
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0)
        {
            WriteOutcome outcome = new(
                e.Result,
                [.. e.WriteErrors.OrderBy(w => w.Index).Select(w => (w.Index, MongoDbErrors.From(w, named.ToString(), scope.Adapter.Location, _numbers[w.Index], e)))],
                [.. e.UnprocessedRequests.Select(w => _writes.IndexOf(w))]);
            if (scope.Session is null)
            {
                // in a transaction nothing of it stays
                RequireAll(outcome);
            }

            return outcome;
        }
    }

    /// <summary>Requires that each write was either answered with its document, or refused, or not tried: no row is taken for written because nothing was said of it.</summary>
    public void RequireAll(WriteOutcome outcome)
    {
        Written written = new(outcome.Done);
        long told = written.Added + written.Matched + outcome.Refused.Count + outcome.Untried.Count;
        if (_ofOneDocument == Count && told != Count)
        {
            throw Miscounted(named, Count, $"the server counts {told} (rows {Range})");
        }
    }

    /// <summary>An error of rows of which some are neither written nor refused.</summary>
    /// <param name="table">Where they should have gone.</param>
    /// <param name="rows">How many they were.</param>
    /// <param name="found">How many were found of them, and where.</param>
    public static DbConductorException Miscounted(TableName table, long rows, FormattableString found) => new(
        DbErrorKind.Server,
        string.Create(CultureInfo.InvariantCulture, $"{rows} rows were on their way into '{table}', but {found.ToString(CultureInfo.InvariantCulture)}. The call is given up. Send it again; if that helps nothing, report it with the server's log."))
    { Target = table.ToString() };

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
