using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Joins two row sets, wherever each is: on an engine that needs no server, or in the database that has both. Rows go to the pipeline, or as a whole into a table.
/// </summary>
[Cmdlet(VerbsCommon.Join, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class JoinDbBatchCommand : DbJoinCmdlet
{
    private protected override void Run(JoinInput left, JoinInput right, JoinSpec spec) => Finish(left, right, OpenEmbedded(left, right, spec));
}
