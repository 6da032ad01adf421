using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Upsert and SkipExisting of rows that are put aside first: each becomes an <c>updateOne</c> by its key, of rows with the same key the last. Not <c>insertMany</c> with
/// its duplicates passed over: inside a transaction the first one ends it, and a duplicate of another unique field would be hidden.
/// </summary>
internal sealed class DocumentMerge : IAsyncDisposable
{
    private readonly TableName _table;
    private readonly KeptRows _rows;
    private readonly RowEncoder _encoder;
    private readonly LastRows _last;
    private readonly SaveOptions _options;
    private readonly MadeIds _ids = new();
    private readonly long _before;
    private readonly bool _byId;

    private DocumentMerge(TableName table, KeptRows rows, RowEncoder encoder, LastRows last, SaveOptions options, long before, bool byId)
    {
        _table = table;
        _rows = rows;
        _encoder = encoder;
        _last = last;
        _options = options;
        _before = before;
        _byId = byId;
    }

    /// <summary>The number of rows that were put aside.</summary>
    public long Rows => _rows.Count;

    private bool OnlyNew => _options.Mode == SaveMode.SkipExisting;

    public static async Task<DocumentMerge> PrepareAsync(CollectionSchema collection, RowChunks chunks, DocumentInput input, SaveOptions options, CancellationToken cancel)
    {
        IReadOnlyList<string> key = [.. input.Mapping.Key.Select(c => c.Name)];
        RowEncoder encoder = new(collection, key);
        LastRows last = new();
        long before = input.RowNumber;
        input.OnKey = row => last.Add(encoder.KeyOf(row, row.RowNumber), row.RowNumber);
        KeptRows kept = await RowSpool.KeepAsync(chunks.Next(), MongoSave.SpoolMemory, cancel).ConfigureAwait(false);
        return new(collection.Table, kept, encoder, last, options, before, key.Contains(CollectionSchema.Id));
    }

    /// <summary>Sends the rows, as often as it is asked to.</summary>
    /// <returns>The number of rows that landed.</returns>
    public async Task<long> RunAsync(MongoScope scope, CancellationToken cancel)
    {
        bool removes = scope.Session is null && OnlyNew;
        try
        {
            return await SendAllAsync(scope, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (removes && !_byId)
        {
            await Removal.RunAsync(scope, _table, _ids.From(0), e).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<long> SendAllAsync(MongoScope scope, CancellationToken cancel)
    {
        await using RowReader rows = await _rows.OpenAsync(cancel).ConfigureAwait(false);
        RowWalker walker = new(rows);
        List<WriteModel<RawDocument>> writes = [];
        List<long> numbers = [];
        int size = Math.Min(_options.BatchSize ?? MongoSave.KeyedBatch, MongoSave.KeyedBatch);
        long landed = 0;
        for (RowStep step = await walker.NextAsync(cancel).ConfigureAwait(false); step != RowStep.End; step = await walker.NextAsync(cancel).ConfigureAwait(false))
        {
            long number = _before + walker.RowNumber;
            if (step == RowStep.Row && _last.IsLast(_encoder.KeyOf(rows, number), number))
            {
                BsonDocument change = _encoder.Change(rows, number, _ids.Make(number), OnlyNew);
                writes.Add(new UpdateOneModel<RawDocument>(_encoder.Condition(rows, number), change) { IsUpsert = true });
                numbers.Add(number);
                if (writes.Count == size)
                {
                    landed += await SendAsync(scope, writes, numbers, cancel).ConfigureAwait(false);
                    _options.OnProgress?.Invoke(number);
                }
            }
        }

        return landed + await SendAsync(scope, writes, numbers, cancel).ConfigureAwait(false);
    }

    private async Task<long> SendAsync(MongoScope scope, List<WriteModel<RawDocument>> writes, List<long> numbers, CancellationToken cancel)
    {
        if (writes.Count == 0)
        {
            return 0;
        }

        try
        {
            // without a transaction what is under way is waited for: the server could do it after the removal
            BulkWriteResult<RawDocument> result = await scope.WriteAsync(_table, writes, scope.Session is null ? CancellationToken.None : cancel).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return OnlyNew ? result.Upserts.Count : result.Upserts.Count + result.MatchedCount;
        }
        catch (MongoBulkWriteException<RawDocument> e) when (e.WriteErrors.Count > 0)
        {
            throw MongoDbErrors.From(e.WriteErrors[0], _table.ToString(), scope.Adapter.Location, numbers[e.WriteErrors[0].Index], e);
        }
        finally
        {
            writes.Clear();
            numbers.Clear();
        }
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
