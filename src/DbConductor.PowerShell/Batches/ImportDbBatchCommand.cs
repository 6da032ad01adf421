using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Text;
using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>Writes the rows of files, CSV or JSON lines, into a table or collection: each file as a whole or not at all.</summary>
[Cmdlet(VerbsData.Import, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Path")]
[OutputType(typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class ImportDbBatchCommand : DbTableWriterCmdlet
{
    private readonly List<string> _files = [];

    /// <summary>Files; wildcards match any number.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files, their names to the letter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Files: what Get-ChildItem gives, or paths.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [AllowNull]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>Which columns of the file, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Property { get; set; }

    /// <summary>The files' format, where their extension does not tell it.</summary>
    [Parameter]
    [ValidateSet("Csv", "Tsv", "JsonLines")]
    public string? Format { get; set; }

    /// <summary>The character between two values.</summary>
    [Parameter]
    public char? Delimiter { get; set; }

    /// <summary>The encoding of files without a byte order mark; else UTF-8.</summary>
    [Parameter]
    [TextEncoding]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding? Encoding { get; set; }

    /// <summary>The columns' names, for files whose first line is a row.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get; set; }

    /// <summary>The files' first line is a row; their columns are the table's, in its order.</summary>
    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    /// <summary>What happens to a column that the table lacks, where the rows have no fixed shape.</summary>
    [Parameter]
    [ValidateSet("Stop", "Add", "Json")]
    public string OnNewColumn { get; set; } = "Stop";

    private protected override NewColumnPolicy NewColumns => Enum.Parse<NewColumnPolicy>(OnNewColumn, ignoreCase: true);

    private protected override string Operation => "Import";

    private protected override void Process()
    {
        foreach ((string path, bool literal) in ParameterSetName switch
        {
            "Path" => Path.Select(p => (p, false)),
            "LiteralPath" => LiteralPath.Select(p => (p, true)),
            _ => new[] { FileArguments.Piped(InputObject) }.AsEnumerable(),
        })
        {
            AddFiles(path, literal);
        }
    }

    private protected override void End()
    {
        if (_files.Count == 0 || !Prepare())
        {
            return;
        }

        RequireSense();
        TableSchema? schema = Await(cancel => Write.Operations.DescribeAsync(Write.Table, cancel));
        FileReadOptions reading = new()
        {
            Format = FileArguments.Format(Format),
            Delimiter = Delimiter,
            Encoding = Encoding,
            Header = Header ?? (NoHeader ? NamesOf(schema) : null),
        };
        FileImport import = new(Write.Operations, Write.Table, schema, Write.Options, reading, ColumnArguments.Picks(Property));
        List<string> warnings = [];
        if (IsPlan || import.NeedsScan)
        {
            Log.Track($"Look at {Named(_files)}");
            Await(cancel => import.ScanAsync(_files, warnings, Log.Report, cancel));
        }

        if (IsPlan)
        {
            WritePlan(import.Columns, import.RowsSeen, warnings);
            return;
        }

        foreach (string file in _files)
        {
            Log.Track($"Import {System.IO.Path.GetFileName(file)} into {Write.Table}");
            Stopwatch clock = Stopwatch.StartNew();
            SaveResult saved = Await(cancel => import.SaveAsync(file, Log.Report, cancel));
            WriteResult(saved with { Warnings = [.. saved.Warnings, .. warnings] }, file, clock.Elapsed);
            warnings.Clear();
        }
    }

    // one file missing among several is no reason to leave the others
    private void AddFiles(string path, bool literal)
    {
        try
        {
            if (literal)
            {
                _files.Add(ResolvePath(path));
                return;
            }

            Collection<string> found = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            _files.AddRange(provider.Name == "FileSystem" ? found.Where(f => !Directory.Exists(f)) : throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"'{path}' is a path of the provider {provider.Name}. Give a path of the file system.") { Target = path });
        }
        catch (ItemNotFoundException error)
        {
            WriteError(new DbConductorException(DbErrorKind.NotFound, $"There is no file '{path}'.", error) { Target = path });
        }
    }

    private void RequireSense()
    {
        if (_files.Count > 1 && Write.Options.Mode == SaveMode.Overwrite)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "With -Mode Overwrite each file would replace what the one before brought. Give one file, or empty the table first and use -Mode Insert.");
        }

        if (_files.Count > 1 && Write.Options.BatchId is not null)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "A batch id stands for one content. Import the files one by one, each with an id of its own.");
        }

        if (Header is not null && NoHeader)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-Header says that there is no header in the file: leave -NoHeader out.");
        }
    }

    private string[] NamesOf(TableSchema? schema) => schema is null
        ? throw new DbConductorException(
            DbErrorKind.InvalidArgument, $"There is no table '{Write.Table}' whose columns -NoHeader could take. Give the names with -Header.") { Target = Write.Table.ToString() }
        : [.. schema.Columns.Where(c => !c.IsGenerated).Select(c => c.Name)];

    private static string Named(List<string> files) => files.Count == 1 ? System.IO.Path.GetFileName(files[0]) : $"{files.Count} files";
}
