using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Rolls back the transaction that Start-DbTransaction began.</summary>
[Cmdlet(VerbsCommon.Undo, "DbTransaction", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class UndoDbTransactionCommand : DbTransactionEndCmdlet
{
    private protected override void End()
    {
        SessionTransaction open = RequireTransaction();
        if (!ShouldProcess(Session.Name, "Roll the transaction back"))
        {
            return;
        }

        try
        {
            AwaitToTheEnd(open.Inner.RollbackAsync);
        }
        finally
        {
            Forget(open);
        }
    }
}
