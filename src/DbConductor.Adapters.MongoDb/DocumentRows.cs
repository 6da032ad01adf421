using System.Buffers.Binary;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Documents as rows. A field that is met for the first time, in whichever document, ends the result set: the next one has it as one more column.
/// </summary>
internal sealed class DocumentRows : RowReader
{
    private static readonly Task<bool> True = Task.FromResult(true);
    private static readonly Task<bool> False = Task.FromResult(false);

    private readonly DocumentSource _source;
    private readonly DocumentLayout _layout;
    private readonly DocumentShape _shape;
    private readonly Func<ValueTask>? _onClose;
    private readonly CancellationToken _cancel;
    private IReadOnlyList<RawDocument> _batch;
    private int _at = -1;
    private bool _grown;
    private bool _ended;
    private bool _disposed;
    private long _row;

    private DocumentRows(DocumentSource source, DocumentShape shape, IReadOnlyList<RawDocument> first, Func<ValueTask>? onClose, CancellationToken cancel)
    {
        _source = source;
        _shape = shape;
        _layout = shape.Layout;
        _batch = first;
        _onClose = onClose;
        _cancel = cancel;
    }

    /// <summary>The operation that ends with the reader.</summary>
    public Operation? Operation { get; set; }

    /// <summary>Reads the first batch, so that the columns are those of its documents.</summary>
    public static async Task<DocumentRows> OpenAsync(DocumentSource source, DocumentShape shape, Func<ValueTask>? onClose, CancellationToken cancel)
    {
        IReadOnlyList<RawDocument> first = await source.NextAsync(cancel).ConfigureAwait(false) ?? [];
        if (shape.Grows)
        {
            foreach (RawDocument document in first)
            {
                shape.Layout.Load(document.Bytes);
            }

            shape.Grow();
        }

        return new(source, shape, first, onClose, cancel);
    }

    public override bool MayAppendColumns => _shape.Grows;

    public override IReadOnlyList<Column> Columns => _shape.Columns;

    public override bool HasMissing => _layout.Present < _shape.Fields || _shape.HasPaths;

    public override bool IsMissing(int ordinal) => TypeOf(ordinal) == BsonType.EndOfDocument;

    public override bool IsDBNull(int ordinal) => TypeOf(ordinal) is BsonType.EndOfDocument or BsonType.Null or BsonType.Undefined;

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        if (_ended || _grown)
        {
            return False;
        }

        return ++_at < _batch.Count ? Load() : NextBatchAsync(cancellationToken);
    }

    private async Task<bool> NextBatchAsync(CancellationToken cancel)
    {
        try
        {
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel, _cancel);
            if (_disposed || await _source.NextAsync(both.Token).ConfigureAwait(false) is not { } batch)
            {
                _ended = true;
                return false;
            }

            (_batch, _at) = (batch, 0);
            return await Load().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Operation?.Fail(e);
            throw;
        }
    }

    private Task<bool> Load()
    {
        _layout.Load(_batch[_at].Bytes);
        if (_shape.Grows && _layout.Names.Count > _shape.Fields)
        {
            _grown = true;
            return False;
        }

        _row++;
        return True;
    }

    public override bool NextResult()
    {
        if (!_grown)
        {
            return false;
        }

        // the document that brought the field comes first in the next result set
        _grown = false;
        _at--;
        _shape.Grow();
        return true;
    }

    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => Task.FromResult(NextResult());

    public override object GetValue(int ordinal)
    {
        if (_shape.PathOf(ordinal) is { } path)
        {
            BsonValue? nested = path.Find(_layout);
            return nested is null or BsonNull or BsonUndefined ? DBNull.Value : Decoded(ordinal, nested.BsonType, BsonDecoder.BytesOf(nested));
        }

        BsonType type = TypeOf(ordinal);
        return type is BsonType.EndOfDocument or BsonType.Null or BsonType.Undefined ? DBNull.Value : Decoded(ordinal, type, _layout.ValueOf(_shape.FieldOf(ordinal)));
    }

    private object Decoded(int ordinal, BsonType type, ReadOnlySpan<byte> value)
    {
        Column column = Columns[ordinal];
        try
        {
            return BsonDecoder.Read(type, value, column.Type.Kind) ?? DBNull.Value;
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or FormatException or ArgumentException or System.Text.Json.JsonException)
        {
            DbConductorException error = new(
                DbErrorKind.InvalidData,
                $"Row {_row}, column '{column.Name}': a value of the type {BsonNames.Of(type)} does not fit {(column.Type.Kind == PortableKind.Object ? "any portable type" : column.Type)}. " +
                "Read the field as text with Invoke-DbQuery and $toString, or leave it out with -Property.")
            { Row = _row, Column = column.Name };
            Operation?.Fail(error);
            throw error;
        }
    }

    public override bool GetBoolean(int ordinal) => Plain(ordinal, BsonType.Boolean) ? Value(ordinal)[0] != 0 : (bool)GetValue(ordinal);

    public override int GetInt32(int ordinal) =>
        Plain(ordinal, BsonType.Int32) && Columns[ordinal].Type.Kind != PortableKind.Int16 ? BinaryPrimitives.ReadInt32LittleEndian(Value(ordinal)) : (int)GetValue(ordinal);

    public override long GetInt64(int ordinal) =>
        Plain(ordinal, BsonType.Int64) && Columns[ordinal].Type.Kind != PortableKind.TimeSpan ? BinaryPrimitives.ReadInt64LittleEndian(Value(ordinal)) : (long)GetValue(ordinal);

    public override double GetDouble(int ordinal) =>
        Plain(ordinal, BsonType.Double) && Columns[ordinal].Type.Kind != PortableKind.Single ? BinaryPrimitives.ReadDoubleLittleEndian(Value(ordinal)) : (double)GetValue(ordinal);

    private bool Plain(int ordinal, BsonType type) => _shape.PathOf(ordinal) is null && TypeOf(ordinal) == type;

    private ReadOnlySpan<byte> Value(int ordinal) => _layout.ValueOf(_shape.FieldOf(ordinal));

    private BsonType TypeOf(int ordinal) =>
        _shape.PathOf(ordinal) is { } path ? path.Find(_layout)?.BsonType ?? BsonType.EndOfDocument : _layout.TypeOf(_shape.FieldOf(ordinal));

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (Operation is not null)
        {
            Operation.RowsRead = _row;
            Operation.Dispose();
        }

        await _source.DisposeAsync().ConfigureAwait(false);
        if (_onClose is not null)
        {
            await _onClose().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }
}
