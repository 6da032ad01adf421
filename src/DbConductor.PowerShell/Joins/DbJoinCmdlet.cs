using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that joins two row sets, wherever each is, on whichever engine. Rows go to the pipeline, or as a whole into a table.</summary>
public abstract class DbJoinCmdlet : DbSidesCmdlet
{
    private PipedSide? _piped;
    private bool _goesOn = true;

    /// <summary>The left side: a stash's handle, a table, a file, or <c>@{ From; Where; Property; Adapter }</c>; else the rows that are piped.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TableCompleter))]
    public object? Left { get; set; }

    /// <summary>The right side, likewise.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TableCompleter))]
    public object Right { get; set; } = "";

    /// <summary>The columns that must be equal: names that both sides have, or <c>@{ left = 'right' }</c>.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public object[] On { get; set; } = [];

    /// <summary>Which rows come out.</summary>
    [Parameter]
    [ValidateSet("Inner", "Left", "Right", "Full", "Semi", "Anti")]
    public string JoinType { get; set; } = "Inner";

    /// <summary>Which columns come out, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Property { get; set; }

    /// <summary>What is put behind a right column's name where the left side has it too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Suffix { get; set; } = "_right";

    /// <summary>How many bytes of rows are kept in memory before temporary files are used; else 512 MB, or a quarter of the memory there is.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MemoryLimit { get; set; }

    /// <summary>The table that is written; without it, rows go to the pipeline.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? Into { get; set; }

    /// <summary>Rows that are the left side: objects, dictionaries, a DataTable, a data reader.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    private protected override string Operation => "Join";

    /// <summary>Lets go what an early end of the pipeline leaves.</summary>
    protected override void Dispose(bool disposing)
    {
        _piped?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Begin()
    {
        if (Left is null == !(MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "A join has one left side: give -Left, or pipe the left rows, and not both.");
        }

        if (Into is not null)
        {
            _goesOn = Prepare(TableName.Parse(Into));
        }

        if (Left is null)
        {
            _piped = new PipedSide(Log, Cancel);
        }
    }

    private protected override void Process() => _piped?.Add(InputObject);

    private protected override void End()
    {
        JoinInput? piped = _piped?.Complete();
        if (!_goesOn)
        {
            return;
        }

        JoinSpec spec = new(JoinArguments.On(On))
        {
            Type = Enum.Parse<JoinType>(JoinType, ignoreCase: true),
            Columns = ColumnArguments.Picks(Property),
            Suffix = Suffix,
            MemoryLimitBytes = MemoryLimit,
        };
        JoinInput right = Side("-Right", Right);
        JoinInput left = piped ?? Side("-Left", Left!);
        Log.Track($"Join {left.Description} with {right.Description}");
        Run(left, right, spec);
    }

    /// <summary>Joins on the cmdlet's engine, and gives what comes of it.</summary>
    private protected abstract void Run(JoinInput left, JoinInput right, JoinSpec spec);

    /// <summary>Gives the rows of a join to the pipeline, or to the table.</summary>
    private protected void Finish(JoinInput left, JoinInput right, OpenedJoin join) =>
        Finish(join, Into is not null, () => $"{left.Description} with {right.Description}: {join.Path()}");

    /// <summary>Opens it without Spark: in the database that has both sides, else on the embedded engine.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="spec">How.</param>
    /// <param name="why">What the path says of the choice; null for nothing.</param>
    private protected OpenedJoin OpenEmbedded(JoinInput left, JoinInput right, JoinSpec spec, string? why = null)
    {
        OpenJoin join = Await(cancel => OpenJoin.OpenAsync(left, right, spec, cancel));
        return new(join.Rows, () => why is null ? join.Path : $"{join.Path}, since {why}", []);
    }
}
