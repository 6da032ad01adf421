using System.Buffers;
using System.IO.Hashing;

namespace DbConductor;

/// <summary>All pairs of key columns: a row's key as bytes, and their hash.</summary>
internal sealed class JoinKeys(IReadOnlyList<Column> left, IReadOnlyList<Column> right, IReadOnlyList<JoinOn> on)
{
    private readonly JoinKey[] _keys = [.. on.Select(pair => new JoinKey(left, right, pair))];
    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    /// <summary>The key that was read last.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Its hash.</summary>
    internal ulong Hash { get; private set; }

    /// <summary>Reads the key of the row on which a reader stands.</summary>
    /// <returns>False where a part of it is null: such a row matches none.</returns>
    internal bool Read(RowReader row, bool isLeft)
    {
        _bytes.ResetWrittenCount();
        foreach (JoinKey key in _keys)
        {
            if (!key.TryWrite(row, isLeft, _bytes))
            {
                return false;
            }
        }

        Hash = XxHash3.HashToUInt64(_bytes.WrittenSpan);
        return true;
    }
}
