using System.Buffers;
using System.Globalization;
using System.IO.Hashing;

namespace DbConductor;

/// <summary>
/// The content of a set of rows as two numbers that do not depend on their order: how many there are, and the sum (modulo 2^128) of a hash per row.
/// A sum, since exclusive or would cancel rows that come twice.
/// </summary>
/// <remarks>
/// The hash is XXH128 over one canonical encoding of the values by the columns' declared types, in which equal values are the same bytes whatever database kept them:
/// decimals without trailing zeros, times to the microsecond, DateTimeOffset as an instant, DateTime without its kind, -0 as 0, JSON with sorted keys.
/// Null and missing fields are the same, and do not count: a row is the same before and after a column was appended that it lacks.
/// </remarks>
public sealed class RowChecksum
{
    private readonly ArrayBufferWriter<byte> _row = new(1024);

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The sum of their hashes.</summary>
    public UInt128 Sum { get; private set; }

    /// <summary>Adds the row on which a reader stands.</summary>
    public void Add(RowReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _row.ResetWrittenCount();
        for (int i = 0; i < row.Columns.Count; i++)
        {
            if (!row.IsDBNull(i))
            {
                _row.WriteVariable((ulong)i);
                CanonicalCell.Write(row, i, _row);
            }
        }

        Rows++;
        Sum = unchecked(Sum + XxHash128.HashToUInt128(_row.WrittenSpan));
    }

    /// <summary>Adds a row of values, each as its own type; null stands for null and for missing.</summary>
    internal void Add(ReadOnlySpan<object?> values)
    {
        _row.ResetWrittenCount();
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                _row.WriteVariable((ulong)i);
                CanonicalCell.Write(value, _row);
            }
        }

        Rows++;
        Sum = unchecked(Sum + XxHash128.HashToUInt128(_row.WrittenSpan));
    }

    /// <summary>Adds all that a reader has yet to give.</summary>
    public async Task AddAllAsync(RowReader rows, CancellationToken cancel)
    {
        RowWalker walker = new(rows);
        while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step && step != RowStep.End)
        {
            if (step == RowStep.Row)
            {
                Add(rows);
            }
        }
    }

    /// <summary>The checksum of all that a reader has yet to give.</summary>
    /// <param name="rows">The reader; it stays open.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task<RowChecksum> ComputeAsync(RowReader rows, CancellationToken cancel)
    {
        RowChecksum sum = new();
        await sum.AddAllAsync(rows, cancel).ConfigureAwait(false);
        return sum;
    }

    /// <summary>Rows and sum, such as <c>3:00ff…</c>; equal texts mean equal content.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows}:{Sum:x32}");
}
