using System.IO.Hashing;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Which rows of an input count where the same key comes several times: the last of each. It remembers a hash of 16 bytes per key, and the rows of those keys alone that
/// come more than once.
/// </summary>
internal sealed class LastRows
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly Dictionary<UInt128, long> _last = [];

    /// <summary>The number of different keys.</summary>
    public int Count => _seen.Count;

    /// <summary>Takes a row's key, in the order of the rows.</summary>
    public void Add(byte[] key, long row)
    {
        UInt128 hash = XxHash128.HashToUInt128(key);
        if (!_seen.Add(hash))
        {
            _last[hash] = row;
        }
    }

    /// <summary>Whether no later row has this key.</summary>
    public bool IsLast(byte[] key, long row) => _last.Count == 0 || !_last.TryGetValue(XxHash128.HashToUInt128(key), out long last) || last == row;
}
