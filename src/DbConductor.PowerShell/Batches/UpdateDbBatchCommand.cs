using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Sets columns of the rows that a filter matches, or of the rows that piped objects name by key.</summary>
[Cmdlet(VerbsData.Update, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Where")]
[OutputType(typeof(DbWriteResult))]
public sealed class UpdateDbBatchCommand : DbChangeCmdlet
{
    /// <summary>The table or collection.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string Into { get; set; } = "";

    /// <summary>The columns and their new values.</summary>
    [Parameter(ParameterSetName = "Where", Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public IDictionary? Set { get; set; }

    private protected override string Operation => "Update";

    private protected override string TableText => Into;

    private protected override Task<long> ChangeAsync(IDbOperations destination, TableName table, Filter? filter, CancellationToken cancel) =>
        destination.UpdateAsync(table, filter, ColumnArguments.Values(Set, "-Set"), cancel);

    private protected override Task<long> ChangeAsync(
        IDbOperations destination, TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel) =>
        destination.UpdateAsync(table, rows, key, cancel);
}
