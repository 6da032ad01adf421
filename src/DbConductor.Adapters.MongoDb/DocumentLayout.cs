using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Where the fields of one document stand in its bytes. Fields are known by number; a name that is met for the first time gets the next one, or is passed over
/// where only some fields are wanted.
/// </summary>
internal sealed class DocumentLayout(bool learns)
{
    private readonly List<byte[]> _names = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private int[] _starts = [];
    private int[] _stamps = [];
    private BsonType[] _types = [];
    private int _stamp;

    /// <summary>The names that are known, in the order of their numbers.</summary>
    public List<string> Names { get; } = [];

    /// <summary>The document.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>How many known fields the document has.</summary>
    public int Present { get; private set; }

    /// <summary>The number of a field that is wanted.</summary>
    public int Add(string name)
    {
        if (_byName.TryGetValue(name, out int known))
        {
            return known;
        }

        int number = Names.Count;
        Names.Add(name);
        _names.Add(BsonOutput.Name(name));
        _byName[name] = number;
        Array.Resize(ref _starts, number + 1);
        Array.Resize(ref _stamps, number + 1);
        Array.Resize(ref _types, number + 1);
        return number;
    }

    /// <summary>Looks through a document.</summary>
    public void Load(byte[] bytes)
    {
        Bytes = bytes;
        _stamp++;
        Present = 0;
        int at = 4;
        int guess = 0;
        while (bytes[at] != 0)
        {
            BsonType type = (BsonType)bytes[at++];
            int number = NumberAt(at, guess, out int end);
            if (number >= 0)
            {
                Present += _stamps[number] == _stamp ? 0 : 1;
                (_starts[number], _types[number], _stamps[number]) = (end, type, _stamp);
                guess = number + 1;
            }

            at = end + Size(type, bytes, end);
        }
    }

    public bool Has(int number) => _stamps[number] == _stamp;

    public BsonType TypeOf(int number) => Has(number) ? _types[number] : BsonType.EndOfDocument;

    public ReadOnlySpan<byte> ValueOf(int number) => Bytes.AsSpan(_starts[number], Size(_types[number], Bytes, _starts[number]));

    /// <summary>How many bytes a value takes (https://bsonspec.org/spec.html).</summary>
    public static int Size(BsonType type, ReadOnlySpan<byte> bytes, int at) => type switch
    {
        BsonType.Double or BsonType.DateTime or BsonType.Timestamp or BsonType.Int64 => 8,
        BsonType.Int32 => 4,
        BsonType.Boolean => 1,
        BsonType.ObjectId => 12,
        BsonType.Decimal128 => 16,
        BsonType.Null or BsonType.Undefined or BsonType.MinKey or BsonType.MaxKey => 0,
        BsonType.String or BsonType.JavaScript or BsonType.Symbol => 4 + Int(bytes, at),
        BsonType.Document or BsonType.Array or BsonType.JavaScriptWithScope => Int(bytes, at),
        BsonType.Binary => 5 + Int(bytes, at),
        BsonType.RegularExpression => Text(bytes, at) + Text(bytes, at + Text(bytes, at)),
        // a DBPointer: a text and an object id
        _ when (byte)type == 0x0C => 16 + Int(bytes, at),
        _ => throw new FormatException($"A document holds a value of the unknown BSON type {(byte)type}."),
    };

    private static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static int Text(ReadOnlySpan<byte> bytes, int at) => bytes[at..].IndexOf((byte)0) + 1;

    // documents of one collection mostly have their fields in one order: the next name is likely the next field's
    private int NumberAt(int at, int guess, out int end)
    {
        if (guess < _names.Count && Bytes.AsSpan(at).StartsWith(_names[guess]))
        {
            end = at + _names[guess].Length;
            return guess;
        }

        int length = Bytes.AsSpan(at).IndexOf((byte)0);
        end = at + length + 1;
        string name = Encoding.UTF8.GetString(Bytes, at, length);
        return _byName.TryGetValue(name, out int known) ? known : learns ? Add(name) : -1;
    }
}
