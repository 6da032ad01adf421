using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Text;
using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>Writes rows of a table or a query to a file, as CSV or JSON lines. They stream past PowerShell; the file gets its name only when it is whole.</summary>
[Cmdlet(VerbsData.Export, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Path")]
[OutputType(typeof(DbExportResult))]
public sealed class ExportDbBatchCommand : DbAdapterCmdlet
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>The table or collection.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path")]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    /// <summary>A query in the database's own language, whose first result set is written.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "QueryPath")]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "QueryLiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>The file.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Path")]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "QueryPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, its name to the letter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Parameter(Mandatory = true, ParameterSetName = "QueryLiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    /// <summary>Which rows: a hashtable, or a script block that is translated.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Which columns, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? Property { get; set; }

    /// <summary>In which order: names, and <c>@{ name = 'Descending' }</c>.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? OrderBy { get; set; }

    /// <summary>How many rows at most.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateRange(0, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>How many rows to leave out first.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Values to bind, by name.</summary>
    [Parameter(ParameterSetName = "QueryPath")]
    [Parameter(ParameterSetName = "QueryLiteralPath")]
    [ValidateNotNull]
    public IDictionary? Parameter { get; set; }

    /// <summary>The file's format, where its extension does not tell it.</summary>
    [Parameter]
    [ValidateSet("Csv", "Tsv", "JsonLines")]
    public string? Format { get; set; }

    /// <summary>The character between two values.</summary>
    [Parameter]
    public char? Delimiter { get; set; }

    /// <summary>The file's encoding; else UTF-8 without a byte order mark.</summary>
    [Parameter]
    [TextEncoding]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding? Encoding { get; set; }

    /// <summary>What stands for null.</summary>
    [Parameter]
    [ValidateNotNull]
    public object NullText { get; set; } = "";

    /// <summary>Leaves a file alone that is there already: that is an error then.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces a file that is read-only, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool IsQuery => Query.Length > 0;

    private protected override void End()
    {
        string path = Path.Length > 0 ? FileArguments.NewFile(Path, ResolvePath) : ResolvePath(LiteralPath);
        FileWriteOptions options = new()
        {
            Format = FileArguments.Format(Format),
            Delimiter = Delimiter,
            Encoding = Encoding,
            NullText = LanguagePrimitives.ConvertTo<string>(NullText),
            NoClobber = NoClobber,
            Force = Force,
            OnProgress = Log.Report,
        };
        TableName table = IsQuery ? default : TableName.Parse(From, Schema);
        string source = IsQuery ? "query" : table.ToString();
        IDbOperations session = !IsQuery || QueryText.OnlyReads(Query) ? Session.ForReading() : Session.ForQuerying();
        if (!ShouldProcess(path, $"Export {source} of session '{Session.Name}'"))
        {
            return;
        }

        Log.Track($"Export {source}");
        FileExportResult written = IsQuery
            ? WriteQuery(session, path, options)
            : WriteRows(Await(cancel => session.GetAsync(TableQuery(table), cancel)), path, options);
        Log.Done();
        WriteObject(new DbExportResult(Session, source, written, _clock.Elapsed));
    }

    private BatchQuery TableQuery(TableName table) => new(table)
    {
        Where = FilterTranslator.Read(Where, SessionState),
        Columns = ColumnArguments.Picks(Property),
        OrderBy = ColumnArguments.Sorting(OrderBy),
        First = First,
        Skip = Skip,
    };

    private FileExportResult WriteQuery(IDbOperations session, string path, FileWriteOptions options)
    {
        NativeQuery query = new(Query)
        {
            Parameters = ColumnArguments.Values(Parameter, "-Parameter").ToDictionary(p => p.Key.TrimStart('@'), p => p.Value, StringComparer.OrdinalIgnoreCase),
            OnNotice = notice => Log.Write(LogLineLevel.Verbose, notice),
        };
        IQueryResults results = Await(cancel => session.QueryAsync(query, cancel));
        try
        {
            RowReader rows = Await(results.NextAsync) ?? throw new DbConductorException(
                DbErrorKind.InvalidArgument, "The query gives no rows that could be exported. Give one that does, or run it with Invoke-DbQuery.");
            FileExportResult written = WriteRows(rows, path, options);
            if (Await(results.NextAsync) is { } more)
            {
                AwaitToTheEnd(_ => more.DisposeAsync().AsTask());
                WriteWarning("The query gives several result sets; the first one was exported.");
            }

            return written;
        }
        finally
        {
            AwaitToTheEnd(_ => results.DisposeAsync().AsTask());
        }
    }

    private FileExportResult WriteRows(RowReader rows, string path, FileWriteOptions options)
    {
        try
        {
            return Await(cancel => FileExport.WriteAsync(rows, path, options, cancel));
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }
}
