namespace DbConductor;

/// <summary>
/// The join that needs no server: hashes the side that turns out to be smaller, streams the other past it, and past a limit of memory
/// divides both into temporary files, again and again where that is needed.
/// </summary>
public sealed class EmbeddedJoin : IJoinEngine
{
    /// <summary>The rows that are kept in memory unless told otherwise: 512 MB, or a quarter of the memory there is if that is less.</summary>
    public static long DefaultMemoryLimitBytes => Math.Min(512L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <inheritdoc/>
    public async Task<JoinedRows> JoinAsync(RowReader left, RowReader right, JoinSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(spec);
        try
        {
            if (spec.On.Count == 0)
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, "A join needs at least one pair of key columns. Name them with -On.");
            }

            _ = await RowWalker.BringsColumnsAsync(left, cancel).ConfigureAwait(false);
            _ = await RowWalker.BringsColumnsAsync(right, cancel).ConfigureAwait(false);
            foreach (JoinOn on in spec.On)
            {
                JoinKey.RequireComparable(left, right, on);
            }

            return new JoinedRows(left, right, spec);
        }
        catch
        {
            await left.DisposeAsync().ConfigureAwait(false);
            await right.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
