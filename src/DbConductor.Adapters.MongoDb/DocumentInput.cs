namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The rows of an input as a collection takes them: values of declared columns converted or refused, all others as they are. Columns that the input brings later are
/// passed on as its next result set.
/// </summary>
internal sealed class DocumentInput : ForwardingRows
{
    private readonly RowReader _source;
    private readonly WriteSchema _schema;
    private readonly IReadOnlyList<string> _keyNames;
    private readonly Func<TableMapping, long, ConvertingRows> _convert;

    private DocumentInput(RowReader source, WriteSchema schema, IReadOnlyList<string> keyNames, TableMapping mapping, Func<TableMapping, long, ConvertingRows> convert)
        : base(convert(mapping, 0))
    {
        _source = source;
        _schema = schema;
        _keyNames = keyNames;
        _convert = convert;
        Mapping = mapping;
    }

    /// <summary>Which column of the input goes to which field.</summary>
    public TableMapping Mapping { get; private set; }

    /// <summary>Counts each row into the content of a batch.</summary>
    public BatchContent? Content { get; set; }

    /// <summary>Whether a row that does not fit is counted all the same, and told by <see cref="Unfit"/>; else it is an error.</summary>
    public bool LetsUnfit { get; set; }

    /// <summary>Why the row does not fit, where that was found out already.</summary>
    public DbConductorException? Unfit { get; private set; }

    /// <summary>The row as it came, as JSON.</summary>
    public string Json => RowJson.Write(Converting.Origin);

    private ConvertingRows Converting => (ConvertingRows)Source;

    /// <summary>Where the rows go.</summary>
    public TableName Table => _schema.Collection.Table;

    /// <summary>The number of the row, counted from 1.</summary>
    public long RowNumber => Converting.RowNumber;

    /// <summary>Maps an input whose first columns are known.</summary>
    /// <param name="source">The input.</param>
    /// <param name="schema">Where it goes.</param>
    /// <param name="keyNames">The key; empty means the collection's.</param>
    /// <param name="nullTexts">Texts that mean null.</param>
    /// <param name="keyed">Whether rows are found by key, so that null in it is refused.</param>
    /// <param name="updates">Whether a field that a row lacks is left alone.</param>
    /// <param name="keyOnly">Whether only the key's columns are looked at.</param>
    public static DocumentInput Open(
        RowReader source, WriteSchema schema, IReadOnlyList<string> keyNames, IReadOnlyDictionary<string, IReadOnlyList<string>> nullTexts, bool keyed, bool updates, bool keyOnly = false)
    {
        TableMapping mapping = Map(source, schema, keyNames, keyOnly);
        return new(source, schema, keyNames, mapping, (map, before) => map.Convert(source, nullTexts, keyed, updates, (_, _) => { }, before)) { KeyOnly = keyOnly };
    }

    private bool KeyOnly { get; init; }

    private static TableMapping Map(RowReader source, WriteSchema schema, IReadOnlyList<string> keyNames, bool keyOnly)
    {
        TableSchema columns = keyOnly ? schema.For([.. source.Columns.Where(c => keyNames.Contains(c.Name, StringComparer.OrdinalIgnoreCase))]) : schema.For(source.Columns);
        return TableMapping.Make(schema.Collection.Table, columns, source.Columns, keyNames, keyOnly);
    }

    public override long? RowCount => Source.RowCount;

    public override bool Read() => Stand(Source.Read());

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = Source.ReadAsync(cancellationToken);
        if (Content is null)
        {
            return read;
        }

        // asked once: the end that comes between two questions would be taken for a row
        if (!read.IsCompletedSuccessfully)
        {
            return SlowAsync(read);
        }

        Stand(read.Result);
        return read;
    }

    private async Task<bool> SlowAsync(Task<bool> read) => Stand(await read.ConfigureAwait(false));

    private bool Stand(bool read)
    {
        if (read)
        {
            if (LetsUnfit)
            {
                Unfit = Content?.TryAdd(Converting);
            }
            else
            {
                Content?.Add(Converting);
            }
        }

        return read;
    }

    public override bool NextResult() => Source.NextResult() && Remap();

    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken) => await Source.NextResultAsync(cancellationToken).ConfigureAwait(false) && Remap();

    private bool Remap()
    {
        Mapping = Map(_source, _schema, _keyNames, KeyOnly);
        Source = _convert(Mapping, RowNumber);
        return true;
    }
}
