using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the lease of a stash: until it is given back, no other process can write the stash.</summary>
[Cmdlet(VerbsCommon.Lock, "DbStash", DefaultParameterSetName = "Name")]
[OutputType(typeof(DbStashLease))]
public sealed class LockDbStashCommand : DbAdapterCmdlet
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The stash's name; it need not exist yet.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Handles, from Get-, Save- or Wait-DbStash; each gives a lease of its stash.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Handle")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    /// <summary>How long the lease holds after its process has died; it is renewed every third of that.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>How long to wait for somebody else's lease; else not at all.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void Begin()
    {
        if (ParameterSetName != "Handle")
        {
            base.Begin();
        }
    }

    private protected override void Process()
    {
        foreach (object given in InputObject)
        {
            DbStash stash = StashArguments.RequireHandle(given);
            Lock(stash.Adapter, stash.Name);
        }

        if (Name.Length > 0)
        {
            Lock(Session, Name);
        }
    }

    private void Lock(DbAdapterSession session, string name)
    {
        StashStore store = StashArguments.ForWriting(session);
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
                StashLease? taken = await store.TryLockAsync(name, duration, cancel).ConfigureAwait(false);
                if (taken is not null || clock.Elapsed >= (Timeout ?? TimeSpan.Zero))
                {
                    return taken;
                }

                await Task.Delay(Pause, cancel).ConfigureAwait(false);
            }
        });
        WriteObject(new DbStashLease(session, lease ?? throw new DbConductorException(
            DbErrorKind.Busy, $"Stash '{name}' is locked by somebody else. Wait for it with -Timeout, or try again later.") { Target = name, IsTransient = true }));
    }
}
