using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Takes back what a failed call has written without a transaction.</summary>
internal static class Removal
{
    private const int Attempts = 5;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    /// <summary>Removes documents, also where the caller has cancelled.</summary>
    /// <param name="scope">Outside a transaction.</param>
    /// <param name="table">The collection.</param>
    /// <param name="written">What finds the documents, and no others.</param>
    /// <param name="cause">Why the call failed.</param>
    /// <exception cref="DbConductorException">They could not be removed: of the cause's kind, with the exact condition that finds what is left.</exception>
    public static async Task RunAsync(MongoScope scope, TableName table, BsonDocument written, Exception cause)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // a write whose answer was lost may still be under way on the server
                bool answered = cause is OperationCanceledException or DbConductorException or MongoBulkWriteException;
                while (await scope.DeleteAsync(table, written, CancellationToken.None).ConfigureAwait(false) is var removed && !answered)
                {
                    if (removed == 0)
                    {
                        answered = true;
                    }

                    await Task.Delay(Settling).ConfigureAwait(false);
                }

                return;
            }
            catch (Exception e) when (e is MongoException or TimeoutException or IOException or ObjectDisposedException)
            {
                if (attempt < Attempts && e is not ObjectDisposedException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt)).ConfigureAwait(false);
                    continue;
                }

                DbConductorException ours = scope.Adapter.Calls.ToError(cause is OperationCanceledException ? e : cause, table);
                throw new DbConductorException(
                    ours.Kind,
                    $"{ours.Message} What the call had written could not be removed again: these documents are left in '{table}': {written.ToJson()}. " +
                    "Remove them with Invoke-DbQuery (delete, with this condition as q) before sending the rows again.",
                    ours)
                { Target = table.ToString(), Row = ours.Row, Column = ours.Column, ServerCode = ours.ServerCode };
            }
        }
    }
}
