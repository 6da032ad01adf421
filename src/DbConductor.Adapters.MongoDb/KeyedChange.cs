using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Updates or removes documents by the keys of rows, which are put aside first, so that the work can begin anew after a conflict.</summary>
internal sealed class KeyedChange : IAsyncDisposable
{
    private readonly TableName _table;
    private readonly KeptRows _rows;
    private readonly RowEncoder _encoder;
    private readonly LastRows _last;
    private readonly bool _delete;

    private KeyedChange(TableName table, KeptRows rows, RowEncoder encoder, LastRows last, bool delete)
    {
        _table = table;
        _rows = rows;
        _encoder = encoder;
        _last = last;
        _delete = delete;
    }

    public static async Task<KeyedChange> PrepareAsync(
        MongoScope scope, TableName table, RowReader rows, IReadOnlyList<string> keyNames, bool delete, CancellationToken cancel)
    {
        WriteSchema schema = await WriteSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false);
        if (!delete)
        {
            Standalone.Refuse(scope, table, "An update by key");
        }

        await OpenReads.SetAsideAsync(scope.Adapter.NameOf(table), cancel).ConfigureAwait(false);
        IReadOnlyList<string> named = keyNames.Count > 0 ? keyNames : schema.Collection.Key;
        bool any = await RowWalker.BringsColumnsAsync(rows, cancel).ConfigureAwait(false);
        if (!any)
        {
            return new(table, await RowSpool.KeepAsync(new BufferedRows([], []), 0, cancel).ConfigureAwait(false), new(schema.Collection, []), new(), delete);
        }

        DocumentInput input = DocumentInput.Open(rows, schema, named, new Dictionary<string, IReadOnlyList<string>>(), keyed: true, updates: true, keyOnly: delete);
        input.Mapping.RequireKey(delete ? "Removing by key" : "Updating by key");
        RowEncoder encoder = new(schema.Collection, [.. input.Mapping.Key.Select(c => c.Name)]);
        LastRows last = new();
        input.OnKey = row => last.Add(encoder.KeyOf(row, row.RowNumber), row.RowNumber);
        return new(table, await RowSpool.KeepAsync(input, MongoSave.SpoolMemory, cancel).ConfigureAwait(false), encoder, last, delete);
    }

    /// <summary>Does the work, as often as it is asked to.</summary>
    /// <returns>The number of documents that were found.</returns>
    public async Task<long> RunAsync(MongoScope scope, CancellationToken cancel)
    {
        await using RowReader rows = await _rows.OpenAsync(cancel).ConfigureAwait(false);
        RowWalker walker = new(rows);
        List<WriteModel<RawDocument>> writes = [];
        List<long> numbers = [];
        long found = 0;
        for (RowStep step = await walker.NextAsync(cancel).ConfigureAwait(false); step != RowStep.End; step = await walker.NextAsync(cancel).ConfigureAwait(false))
        {
            if (step == RowStep.Row && _last.IsLast(_encoder.KeyOf(rows, walker.RowNumber), walker.RowNumber))
            {
                MongoDB.Bson.BsonDocument condition = _encoder.Condition(rows, walker.RowNumber);
                writes.Add(_delete ? new DeleteManyModel<RawDocument>(condition) : new UpdateManyModel<RawDocument>(condition, _encoder.Change(rows, walker.RowNumber, [], onlyNew: false)));
                numbers.Add(walker.RowNumber);
                if (writes.Count == MongoSave.KeyedBatch)
                {
                    found += await SendAsync(scope, writes, numbers, cancel).ConfigureAwait(false);
                }
            }
        }

        return found + await SendAsync(scope, writes, numbers, cancel).ConfigureAwait(false);
    }

    private async Task<long> SendAsync(MongoScope scope, List<WriteModel<RawDocument>> writes, List<long> numbers, CancellationToken cancel)
    {
        if (writes.Count == 0)
        {
            return 0;
        }

        try
        {
            BulkWriteResult<RawDocument> result = await scope.WriteAsync(_table, writes, cancel).ConfigureAwait(false);
            return _delete ? result.DeletedCount : result.MatchedCount;
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
