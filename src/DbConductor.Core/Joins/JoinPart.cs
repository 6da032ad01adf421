namespace DbConductor;

/// <summary>A part of a join that waits in temporary files: both sides' rows whose keys' hashes have some bits in common.</summary>
internal sealed class JoinPart(SpoolStream left, SpoolStream right, int level, bool canDivide) : IAsyncDisposable
{
    internal int Level { get; } = level;

    /// <summary>Whether dividing it once more would help. It does not where nearly all rows have the same key.</summary>
    internal bool CanDivide { get; } = canDivide;

    /// <summary>Opens both sides; they own the files then.</summary>
    internal async Task<(RowReader Left, RowReader Right)> OpenAsync(CancellationToken cancel)
    {
        RowReader leftRows = await RowStreamReader.OpenAsync(left, null, cancel).ConfigureAwait(false);
        try
        {
            return (leftRows, await RowStreamReader.OpenAsync(right, null, cancel).ConfigureAwait(false));
        }
        catch
        {
            await leftRows.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }
}
