using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Gives a lease of a stash back.</summary>
[Cmdlet(VerbsCommon.Unlock, "DbStash")]
[OutputType(typeof(void))]
public sealed class UnlockDbStashCommand : DbCmdlet
{
    /// <summary>Leases, from Lock-DbStash. One that was given back or lost already is no error.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    private protected override void Process()
    {
        foreach (object given in InputObject)
        {
            StashLease lease = StashArguments.Lease(given)!;
            Await(_ => lease.DisposeAsync().AsTask());
        }
    }
}
