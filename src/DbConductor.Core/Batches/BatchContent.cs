using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace DbConductor;

/// <summary>
/// The content of a batch as its destination sees it, as two numbers that do not depend on the order of the rows: how many there are, and the sum (modulo 2^128)
/// of a hash per row. Two runs that bring the same values, in columns of another order or in types that the destination takes for the same, agree.
/// </summary>
/// <remarks>
/// A row's hash is XXH128 over its fields in the order of their columns' names, each its column's name and the value in the encoding of <see cref="RowChecksum"/>.
/// A field that is missing does not count. Null counts as a value of its own only where it differs from a missing field.
/// </remarks>
/// <param name="nullCounts">Whether null in a column is something else than a missing field.</param>
public sealed class BatchContent(Func<Column, bool> nullCounts)
{
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private IReadOnlyList<Column>? _columns;
    private int[] _order = [];
    private byte[][] _names = [];
    private bool[] _nullCounts = [];

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The sum of their hashes.</summary>
    public UInt128 Sum { get; private set; }

    /// <summary>Adds the row on which a reader stands. Its columns are the destination's, and so are its values.</summary>
    public void Add(RowReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!ReferenceEquals(row.Columns, _columns))
        {
            Learn(row.Columns);
        }

        _row.ResetWrittenCount();
        foreach (int i in _order)
        {
            if (!row.IsDBNull(i))
            {
                _row.Write(_names[i]);
                CanonicalCell.Write(row, i, _row);
            }
            else if (_nullCounts[i] && !row.IsMissing(i))
            {
                // no kind of value has this number
                _row.Write(_names[i]);
                _row.WriteByte(byte.MaxValue);
            }
        }

        AddHash();
    }

    /// <summary>Adds a row that may not fit the destination; one that does not is added as what it was in the input.</summary>
    /// <returns>Why it does not fit; null where it does.</returns>
    public DbConductorException? TryAdd(ConvertingRows row)
    {
        ArgumentNullException.ThrowIfNull(row);
        try
        {
            Add(row);
            return null;
        }
        catch (DbConductorException e) when (Reject.IsOfRow(e.Kind))
        {
            AddUnfit(RowJson.Write(row.Origin));
            return e;
        }
    }

    private void AddUnfit(string data)
    {
        _row.ResetWrittenCount();
        _row.WriteByte(byte.MaxValue);
        _row.WriteCell(data);
        AddHash();
    }

    /// <summary>Rows and sum, such as <c>3:00ff…</c>; equal texts mean equal content.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows}:{Sum:x32}");

    private void AddHash()
    {
        Rows++;
        Sum = unchecked(Sum + XxHash128.HashToUInt128(_row.WrittenSpan));
    }

    private void Learn(IReadOnlyList<Column> columns)
    {
        _columns = columns;
        _order = [.. Enumerable.Range(0, columns.Count).OrderBy(i => columns[i].Name, StringComparer.Ordinal)];
        _names = [.. columns.Select(c => NameOf(c.Name))];
        _nullCounts = [.. columns.Select(nullCounts)];
    }

    private static byte[] NameOf(string name)
    {
        ArrayBufferWriter<byte> output = new();
        output.WriteBlock(Encoding.UTF8.GetBytes(name));
        return output.WrittenSpan.ToArray();
    }
}
