namespace DbConductor;

/// <summary>Puts rows aside, so that what they come from is free for other work.</summary>
public static class RowSpool
{
    /// <summary>What a spool keeps in memory unless it is told otherwise: 32 MB.</summary>
    public const long DefaultMemoryLimit = 32L << 20;

    /// <summary>
    /// Reads all that a reader has yet to give, from its first row or from the row after the one on which it stands, and gives a reader over it.
    /// The given reader is at its end then, and is left to its owner to dispose.
    /// </summary>
    /// <param name="rows">The reader.</param>
    /// <param name="memoryLimitBytes">How much is kept in memory; what is more goes to a temporary file that only this user can read and that goes with the reader.</param>
    /// <param name="cancel">Cancels the reading; nothing is left behind.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.LimitExceeded"/> or <see cref="DbErrorKind.Permission"/>: the temporary file cannot be written.</exception>
    public static Task<RowReader> SpoolAsync(RowReader rows, long memoryLimitBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return SpoolAsync(rows, new SpoolStream(memoryLimitBytes), cancel);
    }

    /// <summary>Puts rows aside as <see cref="SpoolAsync(RowReader, long, CancellationToken)"/> does, to be read as often as they are needed.</summary>
    /// <inheritdoc cref="SpoolAsync(RowReader, long, CancellationToken)"/>
    public static async Task<KeptRows> KeepAsync(RowReader rows, long memoryLimitBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        SpoolStream stream = new(memoryLimitBytes, keep: true);
        return new(stream, await WriteAsync(rows, stream, cancel).ConfigureAwait(false));
    }

    internal static async Task<RowReader> SpoolAsync(RowReader rows, SpoolStream stream, CancellationToken cancel)
    {
        long count = await WriteAsync(rows, stream, cancel).ConfigureAwait(false);
        stream.Rewind();
        return await RowStreamReader.OpenAsync(stream, count, cancel).ConfigureAwait(false);
    }

    private static async Task<long> WriteAsync(RowReader rows, SpoolStream stream, CancellationToken cancel)
    {
        RowStreamWriter writer = new(stream);
        try
        {
            await writer.WriteAllAsync(rows, cancel).ConfigureAwait(false);
            return writer.RowNumber;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
