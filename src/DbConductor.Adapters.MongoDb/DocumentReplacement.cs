using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Overwrite: rows that are put aside first take the place of all documents of a collection, in a transaction, or by way of a second collection that <c>$out</c> puts in
/// its place at once, with its indexes and options (https://www.mongodb.com/docs/manual/reference/operator/aggregation/out/).
/// </summary>
internal sealed class DocumentReplacement : IAsyncDisposable
{
    private readonly MongoScope _scope;
    private readonly CollectionSchema _schema;
    private readonly RowsAside _rows;
    private readonly Action<WriteBatch, RowReader, long> _add;
    private readonly BatchStep _step;

    private DocumentReplacement(MongoScope scope, CollectionSchema schema, RowsAside rows, Action<WriteBatch, RowReader, long> add, BatchStep step)
    {
        _scope = scope;
        _schema = schema;
        _rows = rows;
        _add = add;
        _step = step;
    }

    /// <summary>The rows.</summary>
    public RowsAside Rows => _rows;

    public static async Task<DocumentReplacement> PrepareAsync(MongoScope scope, CollectionSchema schema, DocumentInput input, BatchStep step, CancellationToken cancel)
    {
        RowEncoder encoder = new(schema, [.. input.Mapping.Key.Select(c => c.Name)]);
        LastRows? last = input.Mapping.Key.Count > 0 ? new() : null;
        MadeIds ids = new();
        Action<RowReader, long>? trial = step.Rejects is null ? null : (row, number) => encoder.Add(new(schema.Table, schema.Table), row, number, ids);
        RowsAside rows = await RowsAside.TakeAsync(
            new(input, null),
            input,
            step.Rejects,
            (row, number) =>
            {
                trial?.Invoke(row, number);
                last?.Add(encoder.KeyOf(row, number), number);
            },
            cancel).ConfigureAwait(false);
        return new(scope, schema, rows, Add, step);

        void Add(WriteBatch batch, RowReader row, long number)
        {
            if (last is null || last.IsLast(encoder.KeyOf(row, number), number))
            {
                encoder.Add(batch, row, number, ids);
            }
        }
    }

    /// <summary>Replaces the documents in a transaction.</summary>
    public async Task<Written> RunAsync(CancellationToken cancel)
    {
        AsideWrites writes = Into(_schema.Table);
        DocumentSieve? sieve = _step.Rejects is null ? null : new(_scope, _schema, writes, _step.Rejects);
        while (true)
        {
            try
            {
                return await _step.RunAsync(
                    _scope,
                    async one =>
                    {
                        await one.DeleteAsync(_schema.Table, [], cancel).ConfigureAwait(false);
                        Written written = await writes.SendAsync(one, cancel).ConfigureAwait(false);
                        await (_step.Rejects?.WriteAsync(_rows, one, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
                        return written;
                    },
                    () => true,
                    cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e) when (sieve is not null)
            {
                // a second collection, which need not be emptied first, tells all that are refused
                if (!await sieve.LeaveOutAsync(e, () => StagedAsync((_, _) => Task.CompletedTask, cancel), cancel).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Replaces them by way of a second collection.</summary>
    public async Task<Written> ExchangeAsync(CancellationToken cancel)
    {
        Written written = default;
        await StagedAsync(
            async (stage, staged) =>
            {
                written = staged;
                try
                {
                    await (_step.Rejects?.WriteAsync(_rows, _scope, cancel) ?? Task.CompletedTask).ConfigureAwait(false);
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
                }
                catch (Exception e)
                {
                    await (_step.Rejects?.RemoveAsync(_rows.Before, e) ?? Task.CompletedTask).ConfigureAwait(false);
                    throw;
                }
            },
            cancel).ConfigureAwait(false);
        await _step.CommittedAsync().ConfigureAwait(false);
        return written;
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private AsideWrites Into(TableName table) => new(_rows, table, _schema.Table, _add, DocumentInsert.BatchRows);

    /// <summary>Writes the rows into a second collection, which goes again.</summary>
    private async Task StagedAsync(Func<TableName, Written, Task> use, CancellationToken cancel)
    {
        TableName stage = _schema.Table with { Name = $"dbconductor_stage_{Guid.NewGuid():N}" };
        try
        {
            await CreateAsync(stage, cancel).ConfigureAwait(false);
            AsideWrites writes = Into(stage);
            Written written = _step.Rejects is null
                ? await writes.SendAsync(_scope, cancel).ConfigureAwait(false)
                : await new DocumentSieve(_scope, _schema, writes, _step.Rejects).SendDirectAsync(null, null, cancel).ConfigureAwait(false);
            await use(stage, written).ConfigureAwait(false);
        }
        finally
        {
            await DropAsync(stage).ConfigureAwait(false);
        }
    }

    // the same validator and unique indexes, so that a document which they refuse is told with its row
    private async Task CreateAsync(TableName stage, CancellationToken cancel)
    {
        BsonDocument listed = await _scope.RunAsync(
            stage.Schema, new() { { "listCollections", 1 }, { "filter", new BsonDocument("name", _schema.Table.Name) } }, cancel).ConfigureAwait(false);
        BsonDocument create = new("create", stage.Name);
        foreach (BsonElement option in listed["cursor"]["firstBatch"][0].AsBsonDocument.GetValue("options", new BsonDocument()).AsBsonDocument.Where(o => o.Name is "validator" or "collation"))
        {
            create.Add(option);
        }

        await _scope.RunAsync(stage.Schema, create, cancel).ConfigureAwait(false);
        BsonDocument indexes = await _scope.RunAsync(stage.Schema, new("listIndexes", _schema.Table.Name), cancel).ConfigureAwait(false);
        BsonArray unique = [.. indexes["cursor"]["firstBatch"].AsBsonArray.OfType<BsonDocument>().Where(i => i.GetValue("unique", false).ToBoolean()).Select(WithoutNamespace)];
        if (unique.Count > 0)
        {
            await _scope.RunAsync(stage.Schema, new() { { "createIndexes", stage.Name }, { "indexes", unique } }, cancel).ConfigureAwait(false);
        }
    }

    // older servers list what createIndexes does not take
    private static BsonDocument WithoutNamespace(BsonDocument index) => new(index.Where(e => e.Name is not ("ns" or "v")));

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
}
