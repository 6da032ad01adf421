using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Sends rows that were put aside as writes of a collection, some at a time.</summary>
/// <param name="rows">The rows.</param>
/// <param name="into">The collection into which they go.</param>
/// <param name="named">The collection that errors name.</param>
/// <param name="add">Adds a row to a batch as a write, or does not.</param>
/// <param name="batchRows">How many rows a batch has.</param>
/// <param name="onProgress">Told now and then how far it is.</param>
internal sealed class AsideWrites(
    RowsAside rows, TableName into, TableName named, Action<WriteBatch, RowReader, long> add, int batchRows, Action<long>? onProgress = null)
{
    /// <summary>The rows.</summary>
    public RowsAside Rows => rows;

    /// <summary>Makes one row's write, so that whatever it cannot become is known.</summary>
    public static Action<RowReader, long> Trial(TableName into, Action<WriteBatch, RowReader, long> add) => (row, number) => add(new WriteBatch(into, into), row, number);

    /// <summary>Sends all of them; the first one that is refused is an error.</summary>
    /// <returns>What was written.</returns>
    public Task<Written> SendAsync(MongoScope scope, CancellationToken cancel) => SendAsync(async batch =>
    {
        BulkWriteResult<RawDocument> done = (await batch.SendAsync(scope, cancel).ConfigureAwait(false)).Whole();
        return new Written(done);
    }, null, cancel);

    /// <summary>Sends all of them in another way.</summary>
    /// <param name="send">Sends a batch.</param>
    /// <param name="admit">Asked before a row joins a batch; given the batch that it would join, as it is so far. False leaves the row out.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<Written> SendAsync(Func<WriteBatch, Task<Written>> send, Func<RowReader, long, Func<Task>, Task<bool>>? admit, CancellationToken cancel)
    {
        Written written = default;
        WriteBatch batch = new(into, named);
        long expected = rows.Count - rows.Left;
        long met = 0;
        await foreach ((RowReader row, long number) in rows.ReadAsync(cancel).ConfigureAwait(false))
        {
            met++;
            if (admit is not null && !await admit(row, number, FlushAsync).ConfigureAwait(false))
            {
                continue;
            }

            add(batch, row, number);
            if (batch.IsFull(batchRows))
            {
                await FlushAsync().ConfigureAwait(false);
                onProgress?.Invoke(number);
            }
        }

        await FlushAsync().ConfigureAwait(false);
        return met == expected ? written : throw WriteBatch.Miscounted(named, expected, $"{met} of them came from where they were put aside");

        async Task FlushAsync()
        {
            if (batch.Count > 0)
            {
                WriteBatch full = batch;
                batch = new(into, named);
                written += await send(full).ConfigureAwait(false);
            }
        }
    }
}
