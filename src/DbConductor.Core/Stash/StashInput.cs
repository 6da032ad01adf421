using System.Buffers;

namespace DbConductor;

/// <summary>Rows on their way into a stash: what comes, as the columns of its table. Counts, and takes the checksum.</summary>
internal sealed class StashInput : RowReader
{
    private readonly RowReader _source;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _nullTexts;
    private readonly IReadOnlyDictionary<string, PortableType> _declared;
    private readonly List<StashColumn> _columns;
    private readonly List<StashInputColumn> _inputs = [];
    private readonly Column[] _native;
    private readonly ArrayBufferWriter<byte> _rest = new();
    private readonly ArrayBufferWriter<byte> _cells = new();
    private object?[] _values = [];
    private readonly object?[] _row;

    internal StashInput(RowReader source, List<StashColumn> columns, StashSaveOptions options)
    {
        (_source, _columns, _nullTexts, _declared) = (source, columns, options.NullTexts, options.ColumnTypes);
        _native = [.. StashLayout.Table(columns).Columns];
        _row = new object?[_native.Length];
        Learn();
    }

    internal RowChecksum Checksum { get; } = new();

    internal long Bytes { get; private set; }

    /// <summary>The columns as they turned out.</summary>
    internal IReadOnlyList<StashColumn> Layout => [.. _columns.Select((c, i) => c with { Unfit = _inputs[i].Unfit, IsMixed = _inputs[i].IsMixed })];

    public override IReadOnlyList<Column> Columns => _native;

    public override bool FedByCaller => _source.FedByCaller;

    public override long? RowCount => _source.RowCount;

    public override bool HasMissing => false;

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!await _source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await _source.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            Learn();
        }

        Take();
        return true;
    }

    public override object GetValue(int ordinal) => _row[ordinal] ?? DBNull.Value;

    public override bool IsDBNull(int ordinal) => _row[ordinal] is null;

    /// <summary>Columns that appear after the table was made are all in the rest.</summary>
    private void Learn()
    {
        for (int i = _inputs.Count; i < _source.Columns.Count; i++)
        {
            Column source = _source.Columns[i];
            if (i == _columns.Count)
            {
                _columns.Add(new(source.Name, source.Type));
            }

            bool declared = _declared.Keys.Any(name => ColumnNames.IndexOf(_source.Columns, name) == i);
            _inputs.Add(new(_columns[i], declared, NullTexts.For(_nullTexts, source.Name)));
        }

        _values = new object?[_inputs.Count];
    }

    private void Take()
    {
        _cells.ResetWrittenCount();
        int unusual = 0;
        int native = 0;
        Span<int> places = _inputs.Count <= 256 ? stackalloc int[_inputs.Count] : new int[_inputs.Count];
        for (int i = 0; i < _inputs.Count; i++)
        {
            StashInputColumn input = _inputs[i];
            object? stored = null;
            bool late = _columns[i].Native is null;
            bool isMissing = _source.IsMissing(i);
            object? value = _values[i] = _source.IsDBNull(i) ? null : input.Convert(_source.GetValue(i), Checksum.Rows + 1);
            if (value is null)
            {
                // for a column of the rest alone, missing is what is not there
                if (isMissing != late)
                {
                    places[unusual++] = i;
                    _cells.WriteByte((byte)(isMissing ? CellTag.Missing : CellTag.Null));
                }
            }
            else
            {
                bool isExact = false;
                stored = late ? null : StashLayout.ToNative(value, _columns[i].Type, out isExact);
                if (stored is null || !isExact)
                {
                    input.Note(value, stored is null);
                    places[unusual++] = i;
                    RowCodec.WriteValue(value, Checksum.Rows + 1, _columns[i].Name, _cells);
                }
            }

            if (!late)
            {
                _row[native++] = stored;
                Bytes += stored switch { string s => s.Length, byte[] b => b.Length, null => 1, _ => 8 };
            }
        }

        _row[^1] = unusual == 0 ? null : Rest(places[..unusual]);
        Bytes += _cells.WrittenCount;
        Checksum.Add(_values);
    }

    private byte[] Rest(ReadOnlySpan<int> places)
    {
        _rest.ResetWrittenCount();
        _rest.WriteVariable((ulong)places.Length);
        foreach (int place in places)
        {
            _rest.WriteVariable((ulong)place);
        }

        _rest.Write(_cells.WrittenSpan);
        return _rest.WrittenSpan.ToArray();
    }
}

/// <summary>What is known of a column while its values come.</summary>
internal sealed class StashInputColumn(StashColumn column, bool declared, IReadOnlySet<string>? nullTexts)
{
    private readonly ValueConverter _converter = ValueConversion.For(declared ? column.Type : default);

    /// <summary>How many values the table's column could not hold.</summary>
    internal long Unfit { get; private set; }

    /// <summary>Whether values came that are of another type than the column's.</summary>
    internal bool IsMixed { get; private set; }

    /// <summary>The value as the stash keeps it: of the type that was declared, or as it came.</summary>
    internal object? Convert(object value, long row)
    {
        if (value is string text && nullTexts?.Contains(text) == true)
        {
            return null;
        }

        if (!declared && value is string)
        {
            return value;
        }

        return _converter(value, out object? converted, out ConversionProblem? problem) ? converted : throw problem!.ToException(column.Name, row);
    }

    internal void Note(object value, bool isUnfit)
    {
        Unfit += isUnfit ? 1 : 0;
        IsMixed |= PortableType.FromClr(value.GetType()).Kind != column.Type.Kind;
    }
}
