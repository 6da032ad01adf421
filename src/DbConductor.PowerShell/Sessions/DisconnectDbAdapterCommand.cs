using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Closes sessions. A transaction that is still open is rolled back, with a warning.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "DbAdapter")]
public sealed class DisconnectDbAdapterCommand : SessionListCmdlet
{
    private protected override void Handle(DbAdapterSession session)
    {
        bool work = session.InTransaction;
        AwaitToTheEnd(_ => session.CloseAsync("it was disconnected."));
        if (work)
        {
            WriteWarning($"Session '{session.Name}' was closed with a transaction open: it was rolled back.");
        }
    }
}
