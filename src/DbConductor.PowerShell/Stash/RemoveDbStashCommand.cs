using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Removes stashes: those that are named or piped, those past their time, or what writers that died have left.</summary>
[Cmdlet(VerbsCommon.Remove, "DbStash", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Name")]
[OutputType(typeof(void))]
public sealed class RemoveDbStashCommand : StashListCmdlet
{
    /// <summary>For how long nothing was heard of a writer that counts as dead.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromHours(1);

    /// <summary>Removes every stash that is past its time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Expired")]
    public SwitchParameter Expired { get; set; }

    /// <summary>Removes what writers have left that were not heard of for an hour.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Abandoned")]
    public SwitchParameter Abandoned { get; set; }

    /// <summary>The lease under which that is done, from Lock-DbStash.</summary>
    [Parameter(ParameterSetName = "Name")]
    [Parameter(ParameterSetName = "Handle")]
    [ValidateNotNull]
    public object? Lease { get; set; }

    private protected override void Handle(DbStash stash)
    {
        StashStore store = StashArguments.ForWriting(stash.Adapter);
        if (ShouldProcess($"stash '{stash.Name}' version {stash.Version} of session '{stash.Adapter.Name}'", "Remove"))
        {
            Await(cancel => store.RemoveAsync(stash.Inner, StashArguments.Lease(Lease), cancel));
        }
    }

    private protected override void End()
    {
        if (!(Expired || Abandoned) || !ShouldProcess($"{(Expired ? "expired" : "abandoned")} stashes of session '{Session.Name}'", "Remove"))
        {
            return;
        }

        StashStore store = StashArguments.ForWriting(Session);
        foreach (StashVersion version in Await(cancel => Expired ? store.RemoveExpiredAsync(cancel) : store.RemoveAbandonedAsync(SilentFor, cancel)))
        {
            WriteVerbose($"Removed stash '{version.Name}' version {version.Version}.");
        }
    }
}
