namespace DbConductor.Files;

/// <summary>Writes the rows of files into a table: knows what their columns are called there, which of their texts are null, and which types they have.</summary>
/// <param name="destination">Where the table is.</param>
/// <param name="table">The table.</param>
/// <param name="schema">Its columns; null where there is no such table yet.</param>
/// <param name="options">How rows are written. Its texts for null count for what has no quotes, in columns that are no text for all.</param>
/// <param name="reading">How the files are read.</param>
/// <param name="picks">Which columns of the files, and under which names; empty means all.</param>
public sealed class FileImport(
    IDbOperations destination, TableName table, TableSchema? schema, SaveOptions options, FileReadOptions reading, IReadOnlyList<ColumnPick> picks)
{
    private IReadOnlyList<Column>? _columns;

    /// <summary>The columns that the rows have, with their types; known after <see cref="ScanAsync"/>.</summary>
    public IReadOnlyList<Column> Columns => _columns ?? throw new InvalidOperationException("The files have not been looked at.");

    /// <summary>
    /// Whether the files must be looked at before their rows are written, since nothing else tells their types: the table is to be created, or takes values of any type.
    /// </summary>
    public bool NeedsScan => schema is null ? options.CreateTable : schema.TakesOthers;

    /// <summary>How many rows <see cref="ScanAsync"/> saw.</summary>
    public long RowsSeen { get; private set; }

    /// <summary>Looks at all rows of all files, to find the columns of a table that is to be created, or what a plan says.</summary>
    /// <param name="files">Their full paths.</param>
    /// <param name="warnings">Where it is said which columns are text only for want of anything better.</param>
    /// <param name="onProgress">Called now and then with the number of rows seen so far.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task ScanAsync(IReadOnlyList<string> files, ICollection<string> warnings, Action<long>? onProgress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        FileScan scan = new(options.ColumnTypes, options.Reject is not null);
        foreach (string file in files)
        {
            FileRows raw = FileRows.Open(file, ReadingWith([]));
            bool fromText = !raw.MayAppendColumns;
            await scan.AddAsync(Picked(raw), fromText, onProgress, cancel).ConfigureAwait(false);
        }

        RowsSeen = scan.Rows;
        _columns = [.. scan.Columns(warnings).Select(Placed)];
    }

    /// <summary>Writes a file's rows.</summary>
    /// <param name="file">Its full path.</param>
    /// <param name="onProgress">Called now and then with the number of rows sent so far, and how many there may be in all.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="DbConductorException">What went wrong; an error of a row names the line of the file.</exception>
    public async Task<SaveResult> SaveAsync(string file, Action<long, long?>? onProgress, CancellationToken cancel)
    {
        IReadOnlyList<Column> known = (Types ? null : schema?.Columns) ?? _columns ?? [];
        FileReadOptions read = ReadingWith(known);
        FileRows raw = FileRows.Open(file, read);
        RowReader rows = Settled(Picked(raw), known);
        await using (rows.ConfigureAwait(false))
        {
            SaveOptions with = options with
            {
                ColumnTypes = _columns?.ToDictionary(c => c.Name, c => c.Type, StringComparer.OrdinalIgnoreCase) ?? options.ColumnTypes,
                NullTexts = raw.MayAppendColumns ? options.NullTexts : NullTextsOfOthers(known),
                OnProgress = onProgress is null ? null : count => onProgress(count, raw.Progress > 0 ? (long)(count / raw.Progress) : null),
            };
            try
            {
                return await destination.SaveAsync(table, rows, with, cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e)
            {
                throw await raw.LocateAsync(e, () => FileRows.Open(file, read), cancel).ConfigureAwait(false);
            }
        }
    }

    private RowReader Picked(FileRows raw)
    {
        if (picks.Count == 0)
        {
            return raw;
        }

        Column[] columns = [.. picks.Select(p => new Column(p.Name, new(PortableKind.Object)))];
        return new SettledRows(raw, [.. picks.Select((p, i) => (p.Source, columns[i]))], onOther: (_, _) => { }, requiresAll: $"The file '{raw.Path}'");
    }

    // where the table has no types for them, the values of a file that is nothing but text get theirs here
    private bool Types => schema is { TakesOthers: true } && _columns is not null;

    // what the table knows of a column goes before what the file's values look like: its declared type, or that its documents have text there
    private Column Placed(Column column)
    {
        int at = schema is { TakesOthers: true } && !options.ColumnTypes.Keys.Contains(column.Name, StringComparer.OrdinalIgnoreCase) ? schema.IndexOf(column.Name) : -1;
        return at >= 0 && schema!.Columns[at] is var there && (!there.IsGuess || there.Type.Kind == PortableKind.String) ? column with { Type = there.Type } : column;
    }

    // a file need not have every column that another one has, nor a line every field of the others
    private RowReader Settled(RowReader rows, IReadOnlyList<Column> known) => Types && !rows.MayAppendColumns
        ? new ConvertingRows(rows, [.. rows.Columns.Select((c, i) => new ColumnMapping(i, known[ColumnNames.Require(known, c.Name, "The file")]))], NullTextsOfOthers(known))
        : _columns is null || schema is not null || (!rows.MayAppendColumns && rows.Columns.Count == _columns.Count)
        ? rows
        : new SettledRows(rows, [.. _columns.Select(c => (c.Name, new Column(c.Name, new(PortableKind.Object))))]);

    private FileReadOptions ReadingWith(IReadOnlyList<Column> columns)
    {
        Dictionary<string, PortableKind> kinds = [];
        Dictionary<string, IReadOnlyList<string>> nulls = [];
        foreach (Column column in columns)
        {
            kinds[SourceOf(column.Name)] = column.Type.Kind;
        }

        foreach ((string name, IReadOnlyList<string> texts) in options.NullTexts)
        {
            nulls[name.Length == 0 ? name : SourceOf(name)] = texts;
        }

        return reading with { Kinds = kinds, NullTexts = nulls };
    }

    private string SourceOf(string name) => picks.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) is { Source: { } source } ? source : name;

    // with quotes around it, too, a text for null is no number
    private Dictionary<string, IReadOnlyList<string>> NullTextsOfOthers(IReadOnlyList<Column> columns)
    {
        Dictionary<string, IReadOnlyList<string>> nulls = [];
        foreach (Column column in columns.Where(c => c.Type.Kind is not (PortableKind.String or PortableKind.Object)))
        {
            if (NullTexts.For(options.NullTexts, column.Name) is { } texts)
            {
                nulls[column.Name] = [.. texts];
            }
        }

        return nulls;
    }
}
