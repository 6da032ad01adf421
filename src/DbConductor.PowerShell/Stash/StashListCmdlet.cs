using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that takes stashes one by one, by name or as handles.</summary>
public abstract class StashListCmdlet : DbAdapterCmdlet
{
    /// <summary>Names; the current version of each is meant.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Handles, from Get-, Save- or Wait-DbStash; the version of each is meant.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Handle")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    private protected abstract void Handle(DbStash stash);

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
            Handle(StashArguments.RequireHandle(given));
        }

        foreach (string name in Name)
        {
            if (Await(cancel => Session.Stash.FindAsync(name, cancel)) is { } version)
            {
                Handle(new DbStash(Session, version));
            }
            else
            {
                WriteError(StashArguments.NotFound(name, Session), name);
            }
        }
    }
}
