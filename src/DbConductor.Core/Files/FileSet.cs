namespace DbConductor.Files;

/// <summary>Files that are one side of a join: one file, those that a wildcard means or a folder holds, or an address that Spark resolves.</summary>
public sealed record FileSet
{
    private FileSet(string name, IReadOnlyList<string> paths, FileSetFormat format, bool isRemote) => (Name, Paths, Format, IsRemote) = (name, paths, format, isRemote);

    /// <summary>What they are called in messages.</summary>
    public string Name { get; init; }

    /// <summary>
    /// Full paths of this machine's files, of which Spark's own formats may also be in folders; or one address, in the words of Spark.
    /// </summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>How rows stand in them.</summary>
    public FileSetFormat Format { get; }

    /// <summary>Whether it is an address of a file system that Spark alone reaches.</summary>
    public bool IsRemote { get; }

    /// <summary>Declared types, by the files' columns.</summary>
    public IReadOnlyDictionary<string, PortableType> Types { get; init; } = new Dictionary<string, PortableType>();

    /// <summary>Texts that stand for null, by the files' columns, as in <see cref="FileReadOptions.NullTexts"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NullTexts { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Which rows, by the files' columns; null means all.</summary>
    public Filter? Where { get; init; }

    /// <summary>Which columns, and under which names; empty means all.</summary>
    public IReadOnlyList<ColumnPick> Picks { get; init; } = [];

    /// <summary>Whether Spark alone reads the format.</summary>
    public bool IsSparkFormat => Format is FileSetFormat.Parquet or FileSetFormat.Orc;

    /// <summary>Whether nothing but Spark reads them.</summary>
    public bool NeedsSpark => IsRemote || IsSparkFormat;

    /// <summary>The same as a side of a join.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a filter on files whose rows are not read here.</exception>
    public JoinInput ToInput() => IsSparkFormat && Where is not null
        ? throw Invalid($"The {Name} cannot be filtered by Where, since Spark alone reads its format. Filter in the query of Invoke-SparkSql, or by the method Filter of New-SparkDataFrame.", Paths[0])
        : new(Name, OpenAsync) { Files = this };

    /// <summary>Files of this machine, each named to the letter.</summary>
    /// <param name="given">How they were named.</param>
    /// <param name="paths">Their full paths, and those of folders that hold them. What a folder has under a name that begins with a dot or an underscore is none of its rows.</param>
    /// <param name="format">The format; null goes by the files' extensions.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.NotFound"/>: an empty folder; <see cref="DbErrorKind.InvalidArgument"/>: a format that is not known, or more than one.
    /// </exception>
    public static FileSet Local(string given, IReadOnlyList<string> paths, FileSetFormat? format)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<string> all = [];
        FileSetFormat? found = format;
        string? first = null;
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            string[] files = Directory.Exists(path) ? [.. FilesOf(path)] : File.Exists(path) ? [path] : [];
            if (files.Length == 0)
            {
                throw new DbConductorException(DbErrorKind.NotFound, Directory.Exists(path) ? $"The folder '{path}' has no files in it." : $"There is no file '{path}'.") { Target = path };
            }

            foreach (string file in files)
            {
                found ??= FormatOf(file);
                first ??= file;
                if (format is null && FormatOf(file) != found)
                {
                    throw Invalid($"'{first}' and '{file}' are files of two formats. Name those of one, such as '*{Path.GetExtension(first)}'.", path);
                }
            }

            if (files is [var only] && only == path)
            {
                all.Add(path);
            }
            else if (found is FileSetFormat.Parquet or FileSetFormat.Orc)
            {
                // Spark knows what folders in a folder mean
                all.Add(path);
            }
            else if (files.FirstOrDefault(file => Path.GetDirectoryName(file) != Path.TrimEndingDirectorySeparator(path)) is { } deeper)
            {
                throw Invalid($"The folder '{path}' has files in folders of its own, such as '{deeper}'. Name the files by a wildcard.", path);
            }
            else
            {
                all.AddRange(files);
            }
        }

        return new(all is [var one] ? $"file '{Path.GetFileName(Path.TrimEndingDirectorySeparator(one))}'" : $"files '{given}'", all, found!.Value, isRemote: false);
    }

    /// <summary>Files behind an address that Spark resolves, wildcards and all.</summary>
    /// <param name="address">The address, such as <c>hdfs://host/folder</c> or <c>s3a://bucket/flights-*.parquet</c>.</param>
    /// <param name="format">The format; null goes by the extension.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a format that is not known, or an address with a password in it.</exception>
    public static FileSet Remote(string address, FileSetFormat? format)
    {
        ArgumentNullException.ThrowIfNull(address);
        string host = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0];
        int user = host.LastIndexOf('@');
        if (user > 0 && host[..user].Contains(':', StringComparison.Ordinal))
        {
            throw Invalid("An address of files has a user and a password in it, which would be shown wherever the address is. Give them with -Option of Start-SparkSession, such as spark.hadoop.fs.s3a.access.key and spark.hadoop.fs.s3a.secret.key.", host[(user + 1)..]);
        }

        return new($"files '{address}'", [address], format ?? FormatOf(address), isRemote: true);
    }

    private async Task<RowReader> OpenAsync(CancellationToken cancel)
    {
        if (NeedsSpark)
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"The {Name} can be read by Spark alone{(IsRemote ? "" : $", since {(Format == FileSetFormat.Orc ? "ORC" : "Parquet")} is its format")}. Use Invoke-SparkJoin -Engine Spark or Invoke-SparkSql.")
            { Target = Paths[0] };
        }

        FileReadOptions options = new()
        {
            Format = Enum.Parse<FileFormat>(Format.ToString()),
            NullTexts = NullTexts,
            Kinds = Types.ToDictionary(t => t.Key, t => t.Value.Kind, StringComparer.OrdinalIgnoreCase),
        };
        RowFilter? filter = Where is null ? null : new(Where, $"The {Name}");

        // where columns are picked, those that the filter alone asks for come behind them
        ColumnPick[] picks = Picks.Count == 0 || filter is null ? [.. Picks] : [.. Picks, .. filter.Columns.Select(name => new ColumnPick(name, FilteredRows.Hidden + name))];
        FileSequence files = new(Paths, options);
        RowReader rows = files;
        try
        {
            if (Types.Count + NullTexts.Count + picks.Length > 0)
            {
                _ = await RowWalker.BringsColumnsAsync(files, cancel).ConfigureAwait(false);
                if (files.MayAppendColumns && picks.Length > 0)
                {
                    // a field that is wanted may come with any line, and so may those that are not
                    rows = new SettledRows(files, [.. picks.Select(p => p.Source).Distinct(StringComparer.Ordinal).Select(name => (name, new Column(name, new(PortableKind.Object))))], onOther: (_, _) => { }, requiresAll: $"The {Name}");
                }

                List<ColumnMapping> mapping = Mapping(rows.Columns, picks);
                rows = new ConvertingRows(rows, mapping, NullTextsOf(mapping, rows.Columns));
            }

            rows = new LocatedRows(rows, files);
            return filter is null ? rows : new FilteredRows(rows, filter, hasHidden: picks.Length > 0);
        }
        catch
        {
            await rows.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The columns that are wanted of those that the files have, with their declared types.</summary>
    internal List<ColumnMapping> Mapping(IReadOnlyList<Column> columns) => Mapping(columns, Picks);

    private List<ColumnMapping> Mapping(IReadOnlyList<Column> columns, IReadOnlyList<ColumnPick> picks)
    {
        Dictionary<int, PortableType> declared = Types.ToDictionary(t => ColumnNames.Require(columns, t.Key, $"The {Name}"), t => t.Value);
        return
        [
            .. (picks.Count > 0 ? picks : columns.Select(c => new ColumnPick(c.Name, c.Name))).Select(pick =>
            {
                int i = ColumnNames.Require(columns, pick.Source, $"The {Name}");
                return new ColumnMapping(i, new Column(pick.Name, declared.GetValueOrDefault(i, columns[i].Type)));
            }),
        ];
    }

    // the reader itself knows which texts of a CSV file are null, being without quotes; with quotes, too, they are no number
    private Dictionary<string, IReadOnlyList<string>> NullTextsOf(List<ColumnMapping> mapping, IReadOnlyList<Column> columns)
    {
        Dictionary<string, IReadOnlyList<string>> nulls = [];
        foreach (ColumnMapping to in mapping.Where(m => Format == FileSetFormat.JsonLines || m.Target.Type.Kind is not (PortableKind.String or PortableKind.Object)))
        {
            if (DbConductor.NullTexts.For(NullTexts, columns[to.Source].Name) is { } texts)
            {
                nulls[to.Target.Name] = [.. texts];
            }
        }

        return nulls;
    }

    /// <summary>The format that an extension tells.</summary>
    private static FileSetFormat FormatOf(string path) => FileKind.FormatOf(path) is { } known ? Enum.Parse<FileSetFormat>(known.ToString()) : Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".parquet" => FileSetFormat.Parquet,
        ".orc" => FileSetFormat.Orc,
        _ => throw Invalid(
            $"The name '{path}' does not tell its format. Known are .csv, .tsv, .jsonl and .ndjson, each with .gz behind it, and, for Spark, .parquet and .orc; for any other name say it: @{{ Path = ...; Format = 'Csv' }}, or Tsv, JsonLines, Parquet, Orc.", path),
    };

    private static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part[0] is '.' or '_')).Order(StringComparer.Ordinal);

    private static DbConductorException Invalid(string message, string target) => new(DbErrorKind.InvalidArgument, message) { Target = target };
}
