using System.Data;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Begins a transaction on a session; what this runspace does on it from here on is part of it, until Complete- or Undo-DbTransaction.</summary>
[Cmdlet(VerbsLifecycle.Start, "DbTransaction")]
public sealed class StartDbTransactionCommand : DbAdapterCmdlet
{
    /// <summary>How far the transaction is kept apart from others; else as the database does by itself.</summary>
    [Parameter]
    public IsolationLevel IsolationLevel { get; set; } = IsolationLevel.Unspecified;

    private protected override void End()
    {
        if (Session.Transaction is { } open)
        {
            throw open.Refusal(Session, "A second one cannot be begun on it: end the first, or use Use-DbTransaction { ... }, which nests.");
        }

        Session.RequireNotFed();
        Session.SetTransaction(new SessionTransaction(Session.Adapter.Info, Await(cancel => Session.Adapter.BeginAsync(IsolationLevel, cancel)), byBlock: false));
    }
}
