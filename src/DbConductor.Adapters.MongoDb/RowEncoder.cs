using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Rows as documents, and as the conditions and changes of updates.</summary>
/// <param name="collection">The collection.</param>
/// <param name="key">The names of the fields that identify a document.</param>
internal sealed class RowEncoder(CollectionSchema collection, IReadOnlyList<string> key)
{
    /// <summary>The most bytes of a document (https://www.mongodb.com/docs/manual/reference/limits/).</summary>
    private const int LargestDocument = 16 << 20;

    private static readonly byte[] IdName = BsonOutput.Name(CollectionSchema.Id);

    private readonly KeyValue _keys = new(collection.Collation);
    private readonly BsonOutput _output = new();
    private IReadOnlyList<Column>? _columns;
    private byte[][] _names = [];
    private bool[] _inKey = [];
    private int _id = -1;

    /// <summary>Whether rows bring an <c>_id</c> of their own.</summary>
    public bool HasOwnId(RowReader row) => Learn(row) is var at && at >= 0 && !row.IsMissing(at);

    /// <summary>A row as a whole document.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number.</param>
    /// <param name="made">The <c>_id</c> that it gets where it has none.</param>
    public RawDocument Document(RowReader row, long number, ReadOnlySpan<byte> made)
    {
        Learn(row);
        _output.Clear();
        int start = _output.Begin();
        if (_id < 0 || row.IsMissing(_id))
        {
            WriteId(made);
        }

        WriteFields(row, number, inKey: null);
        _output.End(start);
        return Finish(number);
    }

    /// <summary>Adds a row to a batch as a document to insert.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number.</param>
    /// <param name="ids">Gives an <c>_id</c> where the row brings none.</param>
    public void Add(WriteBatch batch, RowReader row, long number, MadeIds ids)
    {
        bool own = HasOwnId(row);
        batch.Add(new MongoDB.Driver.InsertOneModel<RawDocument>(Document(row, number, own ? [] : ids.Make(number))), number, own);
    }

    /// <summary>The condition that finds a row's documents by key.</summary>
    public BsonDocument Condition(RowReader row, long number)
    {
        Learn(row);
        _output.Clear();
        int start = _output.Begin();
        for (int i = 0; i < _names.Length; i++)
        {
            if (_inKey[i])
            {
                // $eq, since a nested value could otherwise be read as an operator
                _ = row.IsDBNull(i);
                _output.Field(BsonType.Document, _names[i]);
                int value = _output.Begin();
                BsonEncoder.Write(_output, "$eq\0"u8, row, i, number);
                _output.End(value);
            }
        }

        _output.End(start);
        return new RawBsonDocument(_output.ToArray());
    }

    /// <summary>The key's values as bytes that are equal where the keys are.</summary>
    public byte[] KeyOf(RowReader row, long number)
    {
        Learn(row);
        _output.Clear();
        for (int i = 0; i < _names.Length; i++)
        {
            if (_inKey[i] && !row.IsDBNull(i))
            {
                object value = row.GetValue(i);
                BsonEncoder.Write(_output, _names[i], _keys.Canonical(value), row.Columns[i].Name, number);
            }
        }

        return _output.ToArray();
    }

    /// <summary>The change that sets what a row brings beside its key.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number.</param>
    /// <param name="made">The <c>_id</c> of a document that is made by it; empty where none is to be made.</param>
    /// <param name="onlyNew">Whether a document that is there is left as it is.</param>
    public BsonDocument Change(RowReader row, long number, ReadOnlySpan<byte> made, bool onlyNew)
    {
        Learn(row);
        _output.Clear();
        int start = _output.Begin();
        if (!onlyNew)
        {
            _output.Field(BsonType.Document, "$set\0"u8);
            int set = _output.Begin();
            if (WriteFields(row, number, inKey: false) == 0 && made.Length == 0)
            {
                // an update needs something to set
                WriteFields(row, number, inKey: true);
            }

            _output.End(set);
        }

        if (made.Length > 0 && (onlyNew || _id < 0))
        {
            _output.Field(BsonType.Document, "$setOnInsert\0"u8);
            int set = _output.Begin();
            if (_id < 0)
            {
                WriteId(made);
            }

            if (onlyNew)
            {
                WriteFields(row, number, inKey: false);
            }

            _output.End(set);
        }

        _output.End(start);
        return new RawBsonDocument(Finish(number).Bytes);
    }

    private void WriteId(ReadOnlySpan<byte> made)
    {
        _output.Field(BsonType.Binary, IdName);
        _output.Binary(BsonBinarySubType.Binary, made);
    }

    private int WriteFields(RowReader row, long number, bool? inKey)
    {
        int written = 0;
        bool lacks = row.HasMissing;
        for (int i = 0; i < _names.Length; i++)
        {
            if (inKey == !_inKey[i])
            {
                continue;
            }

            if (!row.IsDBNull(i))
            {
                BsonEncoder.Write(_output, _names[i], row, i, number);
                written++;
            }
            else if (!lacks || !row.IsMissing(i))
            {
                _output.Field(BsonType.Null, _names[i]);
                written++;
            }
        }

        return written;
    }

    private RawDocument Finish(long number) => _output.Length <= LargestDocument ? new(_output.ToArray()) : throw new DbConductorException(
        DbErrorKind.InvalidData,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Row {number} makes a document of {_output.Length >> 20} MB; MongoDB takes at most 16. Leave something out, or split it."))
    { Row = number, Target = collection.Table.ToString() };

    private int Learn(RowReader row)
    {
        if (!ReferenceEquals(row.Columns, _columns))
        {
            _columns = row.Columns;
            _names = [.. _columns.Select(c => BsonOutput.Name(c.Name))];
            _inKey = [.. _columns.Select(c => key.Contains(c.Name))];
            _id = _columns.ToList().FindIndex(c => c.Name == CollectionSchema.Id);
        }

        return _id;
    }
}
