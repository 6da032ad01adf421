namespace DbConductor;

/// <summary>
/// Rows that can also be had as their database packs them for bulk transport, so that a destination which takes the same format need not look at any of them.
/// A reader that has this is read in one way or the other, never both.
/// </summary>
public interface IPackedRows
{
    /// <summary>The format's name. A destination takes those that it knows, where the columns' types on both sides are the same to it.</summary>
    string Format { get; }

    /// <summary>How many rows have begun in the bytes that were given out so far.</summary>
    long PackedRows { get; }

    /// <summary>Gives out the next bytes; as many as the buffer takes, but for the last ones.</summary>
    /// <returns>How many; 0 after the last one.</returns>
    /// <exception cref="DbConductorException">The source's error; also one of an end before all rows had come.</exception>
    ValueTask<int> ReadPackedAsync(Memory<byte> buffer, CancellationToken cancel);
}
