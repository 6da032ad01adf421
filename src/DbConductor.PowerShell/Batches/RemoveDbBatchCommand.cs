using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Removes the rows that a filter matches, or the rows that piped objects name by key.</summary>
[Cmdlet(VerbsCommon.Remove, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Where")]
[OutputType(typeof(DbWriteResult))]
public sealed class RemoveDbBatchCommand : DbChangeCmdlet
{
    /// <summary>The table or collection.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    private protected override string Operation => "Remove";

    private protected override string TableText => From;

    private protected override Task<long> ChangeAsync(IDbOperations destination, TableName table, Filter? filter, CancellationToken cancel) =>
        destination.DeleteAsync(table, filter, cancel);

    private protected override Task<long> ChangeAsync(
        IDbOperations destination, TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel) =>
        destination.DeleteAsync(table, rows, key, cancel);
}
