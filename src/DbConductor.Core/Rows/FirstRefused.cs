namespace DbConductor;

/// <summary>Finds the row by whose fault a database refuses many at once, where it does not say which: they are tried in parts that become smaller by half.</summary>
public static class FirstRefused
{
    /// <summary>Finds the first row that is refused.</summary>
    /// <param name="low">The number of the first row.</param>
    /// <param name="high">The number behind the last row's.</param>
    /// <param name="passes">Tries the rows from a number to below another, and tells whether they were taken; those that were stay, those that were not are undone.</param>
    /// <returns>The row's number, or null where each is taken: rows that fail together may pass one after the other.</returns>
    public static async Task<long?> FindAsync(long low, long high, Func<long, long, Task<bool>> passes)
    {
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = await passes(low, middle).ConfigureAwait(false) ? (middle, high) : (low, middle);
        }

        return await passes(low, high).ConfigureAwait(false) ? null : low;
    }
}
