using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Commits the transaction that Start-DbTransaction began. One that a failed write has doomed is refused, and stays open for Undo-DbTransaction.</summary>
[Cmdlet(VerbsLifecycle.Complete, "DbTransaction", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class CompleteDbTransactionCommand : DbTransactionEndCmdlet
{
    private protected override void End()
    {
        SessionTransaction open = RequireTransaction();
        open.RequireNotDoomed();
        if (!ShouldProcess(Session.Name, "Commit the transaction"))
        {
            return;
        }

        try
        {
            Await(open.CommitAsync);
        }
        finally
        {
            Forget(open);
        }
    }
}
