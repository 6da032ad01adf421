using System.IO.Hashing;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The values of unique indexes that rows of an input have taken, as hashes of 16 bytes, so that a later row which repeats one is known without the earlier one being sent
/// again. It knows only what is certain: indexes over fields of their own, compared byte by byte, in rows that have all of them.
/// </summary>
internal sealed class TakenKeys
{
    private readonly CollectionSchema _collection;
    private readonly List<(string[] Names, RowEncoder Encoder, Dictionary<UInt128, long> Taken)> _keys = [];
    private readonly Dictionary<long, List<(int Key, UInt128 Hash)>> _ofRow = [];

    public TakenKeys(CollectionSchema collection)
    {
        _collection = collection;
        if (collection.Collation is null)
        {
            foreach (string[] names in collection.UniqueKeys.Select(k => k.ToArray()).Append([CollectionSchema.Id]).Where(k => !k.Any(n => n.Contains('.', StringComparison.Ordinal))))
            {
                _keys.Add((names, new(collection, names), []));
            }
        }
    }

    /// <summary>Takes a row's values.</summary>
    public void Take(RowReader row, long number)
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            if (HashOf(row, number, i) is { } hash && _keys[i].Taken.TryAdd(hash, number))
            {
                if (!_ofRow.TryGetValue(number, out List<(int, UInt128)>? hashes))
                {
                    _ofRow[number] = hashes = [];
                }

                hashes.Add((i, hash));
            }
        }
    }

    /// <summary>Whether an earlier row has taken a value of this one.</summary>
    public bool Repeats(RowReader row, long number) => Find(row, number).Earlier > 0;

    /// <summary>The error of a row that repeats an earlier one's values; null where it does not.</summary>
    public DbConductorException? Error(RowReader row, long number)
    {
        (string[] names, long earlier) = Find(row, number);
        return earlier == 0 ? null : new(
            DbErrorKind.DuplicateKey,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Row {number}: row {earlier} has the same {string.Join(", ", names)}, which a unique index of '{_collection.Table}' lets stand once. Use -Mode Upsert or SkipExisting, or take the row out."))
        { Target = _collection.Table.ToString(), Row = number, Column = names.Length == 1 ? names[0] : null };
    }

    /// <summary>Called when earlier rows are certain to stay: what they have taken is taken.</summary>
    public void Settle() => _ofRow.Clear();

    /// <summary>Called when a row is refused: it takes nothing.</summary>
    public void Free(long number)
    {
        if (_ofRow.Remove(number, out List<(int Key, UInt128 Hash)>? hashes))
        {
            hashes.ForEach(h => _keys[h.Key].Taken.Remove(h.Hash));
        }
    }

    private (string[] Names, long Earlier) Find(RowReader row, long number)
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            if (HashOf(row, number, i) is { } hash && _keys[i].Taken.TryGetValue(hash, out long earlier))
            {
                return (_keys[i].Names, earlier);
            }
        }

        return ([], 0);
    }

    private UInt128? HashOf(RowReader row, long number, int key)
    {
        foreach (string name in _keys[key].Names)
        {
            int at = ColumnNames.IndexOf(row.Columns, name);
            if (at < 0 || row.Columns[at].Name != name || row.IsDBNull(at))
            {
                return null;
            }
        }

        return XxHash128.HashToUInt128(_keys[key].Encoder.KeyOf(row, number));
    }
}
