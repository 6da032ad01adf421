using System.Collections;
using System.Management.Automation;
using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>Puts rows aside under a name, as its next version: readers see the one before until all rows of this one are there.</summary>
[Cmdlet(VerbsData.Save, "DbStash", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Rows")]
[OutputType(typeof(DbStash))]
public sealed class SaveDbStashCommand : DbAdapterCmdlet
{
    private PipedRows? _rows;
    private IDisposable? _feed;
    private StashVersion? _saved;
    private bool _ended;
    private bool _goesOn;

    /// <summary>The stash's name.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Rows: objects, dictionaries, a DataTable, a data reader, or handles of other stashes.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Rows")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>The table or collection whose rows are put aside; they stream past PowerShell.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Table")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    /// <summary>The file whose rows are put aside, CSV or JSON lines; they stream past PowerShell.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, its name to the letter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The session that is read, or its name; else the one that <c>-Adapter</c> means.</summary>
    [Parameter(ParameterSetName = "Table")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? FromAdapter { get; set; }

    /// <summary>Which rows of the table: a hashtable, or a script block that is translated.</summary>
    [Parameter(ParameterSetName = "Table")]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Which columns of the table, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter(ParameterSetName = "Table")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? Property { get; set; }

    /// <summary>Declared types: <c>@{ lat = 'double'; n = [int] }</c>. Other columns keep the types with which they come.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? ColumnType { get; set; }

    /// <summary>Texts that are read as null: for every column, or <c>@{ column = 'NA', '-' }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? NullText { get; set; }

    /// <summary>After how long the version may be removed.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>The lease under which the stash is written, from Lock-DbStash.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Lease { get; set; }

    private StashSaveOptions Options => new()
    {
        ColumnTypes = new Dictionary<string, PortableType>(ColumnArguments.Types(ColumnType), StringComparer.OrdinalIgnoreCase),
        NullTexts = ColumnArguments.NullTexts(NullText),
        ExpiresAfter = ExpiresAfter,
        Lease = StashArguments.Lease(Lease),
        OnProgress = Log.Report,
    };

    /// <summary>Takes back what an early end of the pipeline leaves unfinished.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!_ended && _rows is not null)
        {
            Abandon();
        }

        _rows?.Dispose();
        _feed?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Begin()
    {
        StashStore store = StashArguments.ForWriting(Session);
        StashSaveOptions options = Options;
        _goesOn = ShouldProcess($"stash '{Name}' of session '{Session.Name}'", "Save rows");
        if (!_goesOn || ParameterSetName != "Rows")
        {
            return;
        }

        if (MyInvocation.ExpectingInput)
        {
            _feed = Session.Feed();
        }

        Log.Track($"Save stash {Name}");
        _rows = new PipedRows(async rows => _saved = await Log.Start(() => store.SaveAsync(Name, rows, options, Cancel)).ConfigureAwait(false), Log.Wait, Cancel);
    }

    private protected override void Process()
    {
        if (_rows is not null)
        {
            _rows.Add(InputObject);
            Log.Tick(_rows.Count);
        }
    }

    private protected override void End()
    {
        if (ParameterSetName != "Rows" && _goesOn)
        {
            if (ParameterSetName == "Table")
            {
                SaveTable();
            }
            else
            {
                SaveFile();
            }
        }
        else if (_rows is not null)
        {
            _rows.Complete();
            if (_rows.Count == 0)
            {
                SaveNothing();
            }
        }

        _ended = true;
        if (_saved is not null)
        {
            // whoever gets the handle may write here again
            _feed?.Dispose();
            Log.Done();
            WriteObject(new DbStash(Session, _saved));
        }
    }

    private protected override void OnError(DbConductorException error)
    {
        _ended = true;
        base.OnError(error);
    }

    private protected override object? TargetOf(DbConductorException error) => _rows?.TargetOf(error, InputObject);

    /// <summary>No rows are a stash too: who waits for it gets an empty one.</summary>
    private void SaveNothing()
    {
        Column[] columns = [.. ColumnArguments.Types(ColumnType).Select(c => new Column(c.Key, c.Value))];
        Await(async cancel => _saved = await Session.Stash.SaveAsync(Name, new BufferedRows(columns, []), Options, cancel).ConfigureAwait(false));
    }

    private void SaveFile()
    {
        string path = Path.Length > 0 ? ResolveOne(Path) : ResolvePath(LiteralPath);
        StashSaveOptions options = Options;
        FileReadOptions reading = new()
        {
            NullTexts = options.NullTexts,
            Kinds = options.ColumnTypes.ToDictionary(t => t.Key, t => t.Value.Kind, StringComparer.OrdinalIgnoreCase),
        };
        Log.Track($"Save {System.IO.Path.GetFileName(path)} as stash {Name}");
        Await(async cancel =>
        {
            FileRows rows = FileRows.Open(path, reading);
            await using (rows.ConfigureAwait(false))
            {
                try
                {
                    _saved = await Session.Stash.SaveAsync(Name, rows, options, cancel).ConfigureAwait(false);
                }
                catch (DbConductorException error)
                {
                    throw await rows.LocateAsync(error, () => FileRows.Open(path, reading), cancel).ConfigureAwait(false);
                }
            }
        });
    }

    private void SaveTable()
    {
        DbAdapterSession source = FromAdapter is null ? Session : UseSession(FromAdapter);
        BatchQuery query = new(TableName.Parse(From)) { Where = FilterTranslator.Read(Where, SessionState), Columns = ColumnArguments.Picks(Property) };
        IDbOperations operations = source.ForReading();
        RowReader rows = Await(cancel => operations.GetAsync(query, cancel));
        try
        {
            Log.Track($"Save {query.Table} as stash {Name}", rows.RowCount);
            Await(async cancel => _saved = await Session.Stash.SaveAsync(Name, rows, Options, cancel).ConfigureAwait(false));
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }
}
