using System.Buffers;
using System.Runtime.InteropServices;

namespace DbConductor;

/// <summary>Rows of one side in memory, as bytes in large blocks, that can be found by their key: no object per row.</summary>
internal sealed class RowArena(bool isLeft, JoinKeys keys)
{
    /// <summary>Blocks grow up to this, so that few rows take little.</summary>
    private const int MaxBlockSize = 1 << 20;
    private const int ChunkBits = 10;

    private readonly List<byte[]> _blocks = [];
    private readonly List<Entry[]> _chunks = [];
    private readonly ArrayBufferWriter<byte> _scratch = new(1024);
    private int[] _buckets = [];
    private int _free;
    private long _bytes;

    /// <summary>Which side's rows these are.</summary>
    internal bool IsLeft { get; } = isLeft;

    internal int Count { get; private set; }

    /// <summary>The memory that the rows take, with what finds them.</summary>
    internal long Bytes => _bytes + (long)Count * (Marshal.SizeOf<Entry>() + 2 * sizeof(int));

    /// <summary>Adds the row on which a reader stands.</summary>
    internal void Add(RowReader row, long number)
    {
        _scratch.ResetWrittenCount();
        bool hasKey = keys.Read(row, IsLeft);
        if (hasKey)
        {
            _scratch.Write(keys.Bytes);
        }

        int keyLength = _scratch.WrittenCount;
        RowCodec.WriteRow(row, number, _scratch);
        Span<byte> place = Allocate(_scratch.WrittenCount, out int block, out int offset);
        _scratch.WrittenSpan.CopyTo(place);
        if (Count >> ChunkBits == _chunks.Count)
        {
            _chunks.Add(new Entry[1 << ChunkBits]);
        }

        this[Count++] = new Entry
        {
            Hash = hasKey ? keys.Hash : 0,
            Block = block,
            Offset = offset,
            KeyLength = hasKey ? keyLength : -1,
            Length = _scratch.WrittenCount - keyLength,
            Cells = row.Columns.Count,
        };
    }

    /// <summary>Makes rows findable; none is added after it.</summary>
    internal void Index()
    {
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, Count))];
        // from the end, so that each chain is in the order of the rows
        for (int i = Count - 1; i >= 0; i--)
        {
            ref Entry entry = ref this[i];
            if (entry.KeyLength >= 0)
            {
                ref int head = ref _buckets[Bucket(entry.Hash)];
                entry.Next = head;
                head = i + 1;
            }
        }
    }

    /// <summary>The first row, or the next one behind another, whose key equals the one that <see cref="JoinKeys"/> has read; -1 where there is none.</summary>
    internal int Find(int after)
    {
        int next = after < 0 ? _buckets[Bucket(keys.Hash)] : this[after].Next;
        while (next > 0)
        {
            ref Entry entry = ref this[next - 1];
            if (entry.Hash == keys.Hash && keys.Bytes.SequenceEqual(_blocks[entry.Block].AsSpan(entry.Offset, entry.KeyLength)))
            {
                return next - 1;
            }

            next = entry.Next;
        }

        return -1;
    }

    internal void Mark(int index) => this[index].Marked = true;

    internal bool IsMarked(int index) => this[index].Marked;

    internal void Load(int index, EncodedRow row)
    {
        ref Entry entry = ref this[index];
        row.Load(_blocks[entry.Block].AsMemory(entry.Offset + Math.Max(0, entry.KeyLength), entry.Length), entry.Cells);
    }

    /// <summary>Forgets all rows.</summary>
    internal void Clear()
    {
        Count = 0;
        _blocks.Clear();
        (_free, _bytes) = (0, 0);
    }

    private ref Entry this[int index] => ref _chunks[index >> ChunkBits][index & ((1 << ChunkBits) - 1)];

    private int Bucket(ulong hash) => (int)hash & (_buckets.Length - 1);

    private Span<byte> Allocate(int length, out int block, out int offset)
    {
        if (_blocks.Count == 0 || _free + length > _blocks[^1].Length)
        {
            int size = Math.Max(length, _blocks.Count == 0 ? 4096 : Math.Min(MaxBlockSize, 2 * _blocks[^1].Length));
            _blocks.Add(new byte[size]);
            _bytes += size;
            _free = 0;
        }

        (block, offset) = (_blocks.Count - 1, _free);
        _free += length;
        return _blocks[block].AsSpan(offset, length);
    }

    private struct Entry
    {
        internal ulong Hash;
        internal int Block;
        internal int Offset;

        /// <summary>-1 where the key has a null.</summary>
        internal int KeyLength;
        internal int Length;
        internal int Cells;

        /// <summary>One more than the index of the next in the chain; 0 at its end.</summary>
        internal int Next;
        internal bool Marked;
    }
}
