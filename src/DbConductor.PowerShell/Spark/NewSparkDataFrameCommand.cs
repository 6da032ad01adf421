using System.Collections;
using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Makes a handle of rows in Spark: of a table, a stash, a file or piped rows. Starts a session where none runs.</summary>
[Cmdlet(VerbsCommon.New, "SparkDataFrame", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DbDataFrame))]
public sealed class NewSparkDataFrameCommand : DbAdapterCmdlet
{
    private static readonly string[] s_parts = [nameof(Where), nameof(Property), nameof(PartitionColumn), nameof(Partitions), nameof(AllowSkew)];

    private PipedSide? _piped;

    /// <summary>What is read: a table's name, or a side as <c>-Left</c> of a join takes it; else the rows that are piped.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TableCompleter))]
    public object? From { get; set; }

    /// <summary>Which rows: a hashtable, or a script block that is translated.</summary>
    [Parameter]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Which columns, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? Property { get; set; }

    /// <summary>The column whose ranges Spark reads by several connections at once.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string? PartitionColumn { get; set; }

    /// <summary>How many such ranges there are at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Partitions { get; set; }

    /// <summary>Reads ranges also where the database shows several connections no common state of the table.</summary>
    [Parameter]
    public SwitchParameter AllowSkew { get; set; }

    /// <summary>Rows: objects, dictionaries, a DataTable, a data reader.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>Lets go what an early end of the pipeline leaves.</summary>
    protected override void Dispose(bool disposing)
    {
        _piped?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Begin()
    {
        if (From is null == !(MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "A frame has one source: give -From, or pipe rows, and not both.");
        }

        _piped = From is null ? new PipedSide(Log, Cancel) : null;
    }

    private protected override void Process() => _piped?.Add(InputObject);

    private protected override void End()
    {
        JoinInput side = _piped?.Complete() ?? Side(PSObjects.Bare(From!));
        if (!ShouldProcess(side.Description, "Make a frame of"))
        {
            return;
        }

        ISparkSession session = SparkStart.Use(this, Log, Await);
        Log.Track($"Frame of {side.Description}");
        DbDataFrame.Write(this, Await(cancel => session.FrameAsync(side, new SparkCall($"frame of {side.Description}") { OnStatus = Log.Report }, cancel)));
        Log.Done();
    }

    private JoinInput Side(object from)
    {
        Hashtable parts = [];
        foreach (string part in s_parts.Where(MyInvocation.BoundParameters.ContainsKey))
        {
            parts[part] = MyInvocation.BoundParameters[part];
        }

        if (parts.Count > 0)
        {
            parts[JoinSide.IsPath(from) ? "Path" : "From"] = from;
        }

        return JoinSide.Read("-From", parts.Count > 0 ? parts : from, UseSession, ResolveMany, Adapter, SessionState);
    }
}
