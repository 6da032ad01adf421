namespace DbConductor.Adapters.MongoDb;

/// <summary>The rejects of one call on their way into a collection and a file.</summary>
internal sealed class MongoRejects(MongoScope scope, TableName table, SaveOptions options) : CallRejects(table, options)
{
    private readonly Dictionary<long, DbConductorException> _refused = [];
    private MadeIds _ids = new();

    /// <summary>Whether anything waits for a commit.</summary>
    public bool Waits => Pending.Count > 0 || _refused.Count > 0;

    /// <summary>Finds the collection of rejects or creates it.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if (Into is { } into)
        {
            await SideCollection.OpenAsync(scope, into, RejectTable.Schema, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Counts a row that the server refuses, and leaves it out from now on.</summary>
    public void Refuse(RowsAside rows, DbConductorException error, long row)
    {
        Note(error);
        _refused[row] = error;
        rows.Leave(row);
    }

    /// <summary>Writes those that have gathered: in the rows' transaction, as often as that begins anew, or beside rows that are removed where it fails.</summary>
    /// <param name="aside">The rows, of which those that the server has refused are read once more.</param>
    /// <param name="one">Where the rejects go.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task WriteAsync(RowsAside aside, MongoScope one, CancellationToken cancel)
    {
        if (_refused.Count > 0)
        {
            await foreach ((RowReader row, long number) in aside.ReadLeftAsync(cancel).ConfigureAwait(false))
            {
                if (_refused.Remove(number, out DbConductorException? error))
                {
                    Keep(error, number, RowJson.Write(row));
                }
            }
        }

        if (Pending.Count == 0 || Into is not { } into)
        {
            return;
        }

        RowEncoder encoder = new(new(into), []);
        WriteBatch batch = new(into, into);
        Reject[] pending = [.. Pending.OrderBy(r => r.Row)];
        using RowReader rows = RejectTable.ToRows(pending);
        foreach (Reject reject in pending)
        {
            rows.Read();
            encoder.Add(batch, rows, reject.Row, _ids);
            if (batch.IsFull(MongoSave.KeyedBatch))
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }

        await FlushAsync().ConfigureAwait(false);

        async Task FlushAsync()
        {
            if (batch.Count > 0)
            {
                WriteOutcome outcome = await batch.SendAsync(one, cancel).ConfigureAwait(false);
                if (outcome.Refused.Count > 0)
                {
                    // no row of the input is at fault
                    DbConductorException error = outcome.Refused[0].Error;
                    throw new DbConductorException(error.Kind, $"The rejects could not be put into '{into}'. {error.Message}", error) { Target = into.ToString(), IsTransient = error.IsTransient };
                }

                batch = new(into, into);
            }
        }
    }

    /// <summary>Takes back what <see cref="WriteAsync"/> has written without a transaction.</summary>
    /// <param name="rowsBefore">The number of the commit's first row, less one.</param>
    /// <param name="cause">Why.</param>
    public async Task RemoveAsync(long rowsBefore, Exception cause)
    {
        if (Pending.Count > 0 && Into is { } into)
        {
            await Removal.RunAsync(scope, into, _ids.From(rowsBefore + 1), cause).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what earlier senders of a commit have left, where there are no transactions; from now on the ids are the lease's.</summary>
    public async Task TakeOverAsync(string batch, BatchLease lease, long rowsBefore, Exception cause)
    {
        string name = batch + " rejects";
        for (int fence = 0; fence < lease.Fence && Into is { } into; fence++)
        {
            await Removal.RunAsync(scope, into, MadeIds.Of(name, fence).From(rowsBefore + 1), cause).ConfigureAwait(false);
        }

        _ids = MadeIds.Of(name, lease.Fence);
    }

    /// <summary>Called after each commit.</summary>
    public async Task CommittedAsync()
    {
        await HandOverAsync(CancellationToken.None).ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
    }
}
