using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Writes rows of which some may be refused. MongoDB ends a transaction at the first refusal and has no savepoints: so the rows are sent at once, and where that fails by a
/// row's fault, all others that the server refuses are looked for in transactions that are given up again, each beginning behind the row that ended the one before. Then the
/// rest is sent anew. Clean rows cost nothing more, some bad ones two more sendings of the rows, and each bad row one batch. Without a transaction the server names all
/// bad rows of a batch at once, and writes the others.
/// </summary>
internal sealed class DocumentSieve(MongoScope scope, CollectionSchema collection, AsideWrites writes, MongoRejects rejects)
{
    /// <summary>How much a transaction that is given up again holds at most.</summary>
    private const int ProbeBatches = 20;

    private bool _probed;

    /// <summary>Whether an error is one row's, which was left out, so that the rest can be sent again.</summary>
    /// <param name="error">The error that a transaction ended with.</param>
    /// <param name="probe">Looks for more of them; null means in transactions that are given up.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<bool> LeaveOutAsync(DbConductorException error, Func<Task>? probe, CancellationToken cancel)
    {
        if (!Reject.IsOfRow(error.Kind) || error.Row is not { } row)
        {
            return false;
        }

        if (_probed)
        {
            rejects.Refuse(writes.Rows, error, row);
        }
        else
        {
            _probed = true;
            await (probe?.Invoke() ?? ProbeAsync(cancel)).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Sends the rows without a transaction; what is refused is left out.</summary>
    /// <param name="sending">Told of each batch before it is sent.</param>
    /// <param name="sent">Told of each batch that was answered.</param>
    /// <param name="cancel">Stops it between two batches: what is under way is waited for, since the server could do it after the removal.</param>
    public Task<Written> SendDirectAsync(Action<WriteBatch>? sending, Action<WriteBatch, WriteOutcome>? sent, CancellationToken cancel) => writes.SendAsync(
        async batch =>
        {
            Written written = default;
            while (batch.Count > 0)
            {
                cancel.ThrowIfCancellationRequested();
                sending?.Invoke(batch);
                WriteOutcome outcome = await batch.SendAsync(scope, CancellationToken.None).ConfigureAwait(false);
                sent?.Invoke(batch, outcome);
                written += new Written(outcome.Done);
                foreach ((_, DbConductorException error) in outcome.Refused)
                {
                    rejects.Refuse(writes.Rows, Reject.IsOfRow(error.Kind) ? error : throw error, error.Row!.Value);
                }

                batch = batch.Rest(outcome.Untried.Contains);
            }

            return written;
        },
        null,
        cancel);

    private async Task ProbeAsync(CancellationToken cancel)
    {
        TakenKeys taken = new(collection);
        IClientSessionHandle? session = null;
        int sent = 0;
        try
        {
            await writes.SendAsync(SendAsync, AdmitAsync, cancel).ConfigureAwait(false);
        }
        finally
        {
            await GiveUpAsync().ConfigureAwait(false);
        }

        async Task<bool> AdmitAsync(RowReader row, long number, Func<Task> flush)
        {
            if (taken.Repeats(row, number))
            {
                // the earlier row may be refused yet
                await flush().ConfigureAwait(false);
                if (taken.Error(row, number) is { } error)
                {
                    rejects.Refuse(writes.Rows, error, number);
                    return false;
                }
            }

            taken.Take(row, number);
            return true;
        }

        async Task<Written> SendAsync(WriteBatch batch)
        {
            for (int conflicts = 0; batch.Count > 0;)
            {
                session ??= await MongoDbConnection.BeginAsync(scope.Adapter, cancel).ConfigureAwait(false);
                try
                {
                    WriteOutcome outcome = await batch.SendAsync(new(scope.Adapter, session), cancel).ConfigureAwait(false);
                    if (outcome.Refused.Count == 0)
                    {
                        break;
                    }

                    (int index, DbConductorException error) = outcome.Refused[0];
                    if (!Reject.IsOfRow(error.Kind))
                    {
                        throw error;
                    }

                    rejects.Refuse(writes.Rows, error, error.Row!.Value);
                    taken.Free(error.Row.Value);
                    batch = batch.Rest(i => i > index);
                    await GiveUpAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (MongoDbConnection.IsConflict(e) && conflicts++ < 100)
                {
                    await GiveUpAsync().ConfigureAwait(false);
                    await Task.Delay(Random.Shared.Next(1, 50), cancel).ConfigureAwait(false);
                }
            }

            taken.Settle();
            if (++sent % ProbeBatches == 0)
            {
                await GiveUpAsync().ConfigureAwait(false);
            }

            return default;
        }

        async Task GiveUpAsync()
        {
            if (session is not null)
            {
                await MongoDbConnection.AbortAsync(session).ConfigureAwait(false);
                session.Dispose();
                session = null;
            }
        }
    }
}
