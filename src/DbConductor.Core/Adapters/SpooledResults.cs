namespace DbConductor;

/// <summary>Result sets that have been read to their end already.</summary>
public sealed class SpooledResults(IReadOnlyList<RowReader> sets, long rowsAffected) : IQueryResults
{
    private int _next;

    /// <summary>Reads result sets to their end, into memory and past a limit into a file, and closes them.</summary>
    public static async Task<IQueryResults> ReadAsync(IQueryResults results, CancellationToken cancel)
    {
        await using (results.ConfigureAwait(false))
        {
            List<RowReader> sets = [];
            while (await results.NextAsync(cancel).ConfigureAwait(false) is { } rows)
            {
                sets.Add(await RowSpool.SpoolAsync(rows, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false));
            }

            return new SpooledResults(sets, results.RowsAffected);
        }
    }

    /// <inheritdoc/>
    public long RowsAffected => rowsAffected;

    /// <inheritdoc/>
    public Task<RowReader?> NextAsync(CancellationToken cancel) => Task.FromResult(_next < sets.Count ? sets[_next++] : null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (RowReader rows in sets)
        {
            await rows.DisposeAsync().ConfigureAwait(false);
        }
    }
}
