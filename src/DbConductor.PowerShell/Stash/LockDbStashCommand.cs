using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the lease of a stash: until it is given back, no other process can write the stash.</summary>
[Cmdlet(VerbsCommon.Lock, "DbStash")]
[OutputType(typeof(DbStashLease))]
public sealed class LockDbStashCommand : DbAdapterCmdlet
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The stash's name; it need not exist yet.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string Name { get; set; } = "";

    /// <summary>How long the lease holds after its process has died; it is renewed every third of that.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>How long to wait for somebody else's lease; else not at all.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void End()
    {
        StashStore store = StashArguments.ForWriting(Session);
        TimeSpan duration = ExpiresAfter ?? TimeSpan.FromMinutes(1);
        if (duration < TimeSpan.FromSeconds(3))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-ExpiresAfter of a lease is at least 3 seconds, so that it can be renewed in time.");
        }

        StashLease? lease = Await(async cancel =>
        {
            System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
            while (true)
            {
                StashLease? taken = await store.TryLockAsync(Name, duration, cancel).ConfigureAwait(false);
                if (taken is not null || clock.Elapsed >= (Timeout ?? TimeSpan.Zero))
                {
                    return taken;
                }

                await Task.Delay(Pause, cancel).ConfigureAwait(false);
            }
        });
        WriteObject(new DbStashLease(Session, lease ?? throw new DbConductorException(
            DbErrorKind.Busy, $"Stash '{Name}' is locked by somebody else. Wait for it with -Timeout, or try again later.") { Target = Name, IsTransient = true }));
    }
}
