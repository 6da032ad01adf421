using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads rows of a table or collection. They stream: an early end, such as Select-Object -First, cancels the rest.</summary>
[Cmdlet(VerbsCommon.Get, "DbBatch")]
[OutputType(typeof(PSObject))]
public sealed class GetDbBatchCommand : DbAdapterCmdlet
{
    /// <summary>The table or collection.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

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

    /// <summary>In which order: names, and <c>@{ name = 'Descending' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? OrderBy { get; set; }

    /// <summary>How many rows at most.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>How many rows to leave out first.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    /// <summary>How long the query may take.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void End()
    {
        BatchQuery query = new(TableName.Parse(From, Schema))
        {
            Where = FilterTranslator.Read(Where, SessionState),
            Columns = ColumnArguments.Picks(Property),
            OrderBy = ColumnArguments.Sorting(OrderBy),
            First = First,
            Skip = Skip,
            Timeout = Timeout,
        };
        IDbOperations source = Session.ForReading();
        Log.Track($"Get {query.Table}");
        WriteRows(Await(cancel => source.GetAsync(query, cancel)), As);
        Log.Done();
    }
}
