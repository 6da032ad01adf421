using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Counts rows without fetching them.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "DbBatch")]
[OutputType(typeof(DbMeasure))]
public sealed class MeasureDbBatchCommand : DbAdapterCmdlet
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

    private protected override void End()
    {
        TableName table = TableName.Parse(From, Schema);
        Filter? filter = FilterTranslator.Read(Where, SessionState);
        IDbOperations source = Session.ForReading();
        WriteObject(new DbMeasure(Session, table, Await(cancel => source.CountAsync(table, filter, cancel))));
    }
}
