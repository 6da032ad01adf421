using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Lists stashes: a handle for the current version of each, and for versions that are being written.</summary>
[Cmdlet(VerbsCommon.Get, "DbStash")]
[OutputType(typeof(DbStash))]
public sealed class GetDbStashCommand : DbAdapterCmdlet
{
    /// <summary>Names, with wildcards; else all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StashCompleter))]
    public string[] Name { get; set; } = ["*"];

    private protected override void End()
    {
        Session.RequireUsable();
        IReadOnlyList<StashVersion> all = Await(Session.Stash.ListAsync);
        foreach (string name in Name)
        {
            bool isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            StashVersion[] found = [.. all.Where(v => isPattern ? pattern.IsMatch(v.Name) : v.Name == name)];
            foreach (StashVersion version in found)
            {
                WriteObject(new DbStash(Session, version));
            }

            if (found.Length == 0 && !isPattern)
            {
                WriteError(StashArguments.NotFound(name, Session), name);
            }
        }
    }
}
