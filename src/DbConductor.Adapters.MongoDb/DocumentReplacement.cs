using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Overwrite: rows that are put aside first take the place of all documents of a collection, in a transaction, or by way of a second collection that <c>$out</c> puts in
/// its place at once, with its indexes and options (https://www.mongodb.com/docs/manual/reference/operator/aggregation/out/).
/// </summary>
internal sealed class DocumentReplacement : IAsyncDisposable
{
    private const int BatchRows = 2000;
    private const int BatchBytes = 2 << 20;

    private readonly MongoScope _scope;
    private readonly CollectionSchema _schema;
    private readonly KeptRows _rows;
    private readonly RowEncoder _encoder;
    private readonly LastRows? _last;
    private readonly MadeIds _ids = new();

    private DocumentReplacement(MongoScope scope, CollectionSchema schema, KeptRows rows, RowEncoder encoder, LastRows? last)
    {
        _scope = scope;
        _schema = schema;
        _rows = rows;
        _encoder = encoder;
        _last = last;
    }

    /// <summary>The number of rows that were put aside.</summary>
    public long Rows => _rows.Count;

    /// <summary>About how many bytes they are.</summary>
    public long Bytes => _rows.Bytes;

    public static async Task<DocumentReplacement> PrepareAsync(MongoScope scope, CollectionSchema schema, RowChunks all, DocumentInput input, CancellationToken cancel)
    {
        RowEncoder encoder = new(schema, [.. input.Mapping.Key.Select(c => c.Name)]);
        LastRows? last = input.Mapping.Key.Count > 0 ? new() : null;
        input.OnKey = row => last?.Add(encoder.KeyOf(row, row.RowNumber), row.RowNumber);
        return new(scope, schema, await RowSpool.KeepAsync(all.Next(), MongoSave.SpoolMemory, cancel).ConfigureAwait(false), encoder, last);
    }

    /// <summary>Replaces the documents on a transaction's session.</summary>
    public async Task<long> RunAsync(MongoScope transaction, CancellationToken cancel)
    {
        await transaction.DeleteAsync(_schema.Table, [], cancel).ConfigureAwait(false);
        return await InsertAsync(transaction, _schema.Table, cancel).ConfigureAwait(false);
    }

    /// <summary>Replaces them by way of a second collection.</summary>
    public async Task<long> ExchangeAsync(CancellationToken cancel)
    {
        TableName stage = _schema.Table with { Name = $"dbconductor_stage_{Guid.NewGuid():N}" };
        try
        {
            // the same validator, so that a document which it refuses is told with its row
            BsonDocument listed = await _scope.RunAsync(
                stage.Schema, new() { { "listCollections", 1 }, { "filter", new BsonDocument("name", _schema.Table.Name) } }, cancel).ConfigureAwait(false);
            BsonDocument create = new("create", stage.Name);
            foreach (BsonElement option in listed["cursor"]["firstBatch"][0].AsBsonDocument.GetValue("options", new BsonDocument()).AsBsonDocument.Where(o => o.Name is "validator" or "collation"))
            {
                create.Add(option);
            }

            await _scope.RunAsync(stage.Schema, create, cancel).ConfigureAwait(false);
            long rows = await InsertAsync(_scope, stage, cancel).ConfigureAwait(false);
            BsonValue target = stage.Schema is { } database ? new BsonDocument { { "db", database }, { "coll", _schema.Table.Name } } : _schema.Table.Name;
            await _scope.RunAsync(
                stage.Schema,
                new()
                {
                    { "aggregate", stage.Name },
                    { "pipeline", new BsonArray { new BsonDocument("$out", target) } },
                    { "cursor", new BsonDocument() },
                },
                cancel).ConfigureAwait(false);
            return rows;
        }
        finally
        {
            await DropAsync(stage).ConfigureAwait(false);
        }
    }

    private async Task DropAsync(TableName stage)
    {
        try
        {
            await _scope.RunAsync(stage.Schema, new("drop", stage.Name), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or IOException or ObjectDisposedException)
        {
            // an unreachable server keeps it, under a name that says whose it was
        }
    }

    private async Task<long> InsertAsync(MongoScope scope, TableName into, CancellationToken cancel)
    {
        await using RowReader rows = await _rows.OpenAsync(cancel).ConfigureAwait(false);
        RowWalker walker = new(rows);
        List<RawDocument> batch = [];
        List<long> numbers = [];
        int bytes = 0;
        long landed = 0;
        for (RowStep step = await walker.NextAsync(cancel).ConfigureAwait(false); step != RowStep.End; step = await walker.NextAsync(cancel).ConfigureAwait(false))
        {
            long number = walker.RowNumber;
            if (step != RowStep.Row || (_last is not null && !_last.IsLast(_encoder.KeyOf(rows, number), number)))
            {
                continue;
            }

            batch.Add(_encoder.Document(rows, number, _encoder.HasOwnId(rows) ? [] : _ids.Make(number)));
            numbers.Add(number);
            landed++;
            bytes += batch[^1].Bytes.Length;
            if (batch.Count == BatchRows || bytes >= BatchBytes)
            {
                await SendAsync(scope, into, batch, numbers, cancel).ConfigureAwait(false);
                bytes = 0;
            }
        }

        await SendAsync(scope, into, batch, numbers, cancel).ConfigureAwait(false);
        return landed;
    }

    private async Task SendAsync(MongoScope scope, TableName into, List<RawDocument> batch, List<long> numbers, CancellationToken cancel)
    {
        try
        {
            if (batch.Count > 0)
            {
                await scope.InsertAsync(into, batch, cancel).ConfigureAwait(false);
            }
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0)
        {
            throw MongoDbErrors.From(e.WriteErrors[0], _schema.Table.ToString(), scope.Adapter.Location, numbers[e.WriteErrors[0].Index], e);
        }

        batch.Clear();
        numbers.Clear();
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
