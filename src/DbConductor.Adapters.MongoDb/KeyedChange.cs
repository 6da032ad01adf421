using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Updates or removes documents by the keys of rows, which are put aside first, so that the work can begin anew after a conflict.</summary>
internal sealed class KeyedChange : IAsyncDisposable
{
    private readonly AsideWrites? _writes;

    private KeyedChange(AsideWrites? writes) => _writes = writes;

    public static async Task<KeyedChange> PrepareAsync(
        MongoScope scope, TableName table, RowReader rows, IReadOnlyList<string> keyNames, bool delete, CancellationToken cancel)
    {
        WriteSchema schema = await WriteSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false);
        if (!delete)
        {
            Standalone.Refuse(scope, table, "An update by key");
        }

        await OpenReads.SetAsideAsync(scope.Adapter.NameOf(table), cancel).ConfigureAwait(false);
        if (!await RowWalker.BringsColumnsAsync(rows, cancel).ConfigureAwait(false))
        {
            return new(null);
        }

        IReadOnlyList<string> named = keyNames.Count > 0 ? keyNames : schema.Collection.Key;
        DocumentInput input = DocumentInput.Open(rows, schema, named, new Dictionary<string, IReadOnlyList<string>>(), keyed: true, updates: true, keyOnly: delete);
        input.Mapping.RequireKey(delete ? "Removing by key" : "Updating by key");
        RowEncoder encoder = new(schema.Collection, [.. input.Mapping.Key.Select(c => c.Name)]);
        LastRows last = new();
        RowsAside aside = await RowsAside.TakeAsync(
            new(input, null), input, null, (row, number) => last.Add(encoder.KeyOf(row, number), number), cancel).ConfigureAwait(false);
        return new(new(aside, table, table, Add, MongoSave.KeyedBatch));

        void Add(WriteBatch batch, RowReader row, long number)
        {
            if (last.IsLast(encoder.KeyOf(row, number), number))
            {
                MongoDB.Bson.BsonDocument condition = encoder.Condition(row, number);
                batch.Add(delete ? new DeleteManyModel<RawDocument>(condition) : new UpdateManyModel<RawDocument>(condition, encoder.Change(row, number, [], onlyNew: false)), number);
            }
        }
    }

    /// <summary>Does the work, as often as it is asked to.</summary>
    /// <returns>The number of documents that were found.</returns>
    public async Task<long> RunAsync(MongoScope scope, CancellationToken cancel) =>
        _writes is null ? 0 : await _writes.SendAsync(scope, cancel).ConfigureAwait(false) is var done ? done.Matched + done.Removed : 0;

    public ValueTask DisposeAsync() => _writes?.Rows.DisposeAsync() ?? default;
}
