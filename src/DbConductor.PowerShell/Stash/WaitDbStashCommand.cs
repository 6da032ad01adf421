using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Waits until every named stash is ready, and returns their handles in the order of the names.</summary>
[Cmdlet(VerbsLifecycle.Wait, "DbStash")]
[OutputType(typeof(DbStash))]
public sealed class WaitDbStashCommand : DbAdapterCmdlet
{
    /// <summary>The stashes' names.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>How many rows each must have.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MinimumRows { get; set; }

    /// <summary>After which time, by the server's clock, each must have been published.</summary>
    [Parameter]
    public DateTimeOffset? NewerThan { get; set; }

    /// <summary>How long to wait; else without end.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private void Show(IReadOnlyList<string> missing, TimeSpan waited)
    {
        string left = Timeout is { } timeout ? $" of {timeout:c}" : "";
        Log.Report($"{Name.Length - missing.Count} of {Name.Length} ready; waiting for {string.Join(", ", missing)} since {waited:hh\\:mm\\:ss}{left}");
    }

    private protected override void End()
    {
        Session.RequireUsable();
        Log.Track($"Wait for stash {string.Join(", ", Name)}");
        StashWait wait = new() { MinimumRows = MinimumRows, NewerThan = NewerThan, Timeout = Timeout ?? TimeSpan.MaxValue, OnWait = Show };
        foreach (StashVersion version in Await(cancel => Session.Stash.WaitAsync(Name, wait, cancel)))
        {
            WriteObject(new DbStash(Session, version));
        }

        Log.Done();
    }
}
