using System.Buffers;

namespace DbConductor;

/// <summary>Some rows in memory, encoded, which can be read again from any of them on.</summary>
internal sealed class RowBuffer(IReadOnlyList<Column> columns)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private readonly List<int> _ends = [];
    private readonly List<long> _numbers = [];

    /// <summary>How many rows there are.</summary>
    public int Count => _ends.Count;

    /// <summary>How many bytes they take.</summary>
    public int Size => _bytes.WrittenCount;

    /// <summary>Adds the row on which a reader stands; where one of its cells cannot be had, nothing is added.</summary>
    /// <param name="row">The reader; its columns are the buffer's.</param>
    /// <param name="number">The row's number in its input.</param>
    public void Add(RowReader row, long number)
    {
        _row.ResetWrittenCount();
        RowCodec.WriteRow(row, number, _row);
        _bytes.Write(_row.WrittenSpan);
        _ends.Add(_bytes.WrittenCount);
        _numbers.Add(number);
    }

    /// <summary>Forgets all rows. Readers over them are at their end.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _ends.Clear();
        _numbers.Clear();
    }

    /// <summary>The number that a row has in its input.</summary>
    public long NumberOf(int index) => _numbers[index];

    /// <summary>Reads some of the rows.</summary>
    /// <param name="from">The first.</param>
    /// <param name="to">The one after the last.</param>
    public Reader Read(int from, int to) => new(this, from, to);

    /// <summary>Reads rows of a buffer.</summary>
    internal sealed class Reader(RowBuffer buffer, int from, int to) : EncodedRowReader
    {
        private int _index = from - 1;

        public override IReadOnlyList<Column> Columns => buffer.Columns;

        public override long? RowCount => to - from;

        /// <summary>The number that the current row has in its input.</summary>
        public long Number => buffer._numbers[_index];

        public override bool Read()
        {
            if (++_index >= to)
            {
                return false;
            }

            int start = _index == 0 ? 0 : buffer._ends[_index - 1];
            Current.Load(buffer._bytes.WrittenMemory[start..buffer._ends[_index]], buffer.Columns.Count);
            return true;
        }
    }

    private IReadOnlyList<Column> Columns { get; } = columns;
}
