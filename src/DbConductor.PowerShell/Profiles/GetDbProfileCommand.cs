using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Lists the configured profiles, each setting with its source and none of the secrets.</summary>
[Cmdlet(VerbsCommon.Get, "DbProfile")]
[OutputType(typeof(DbProfile))]
public sealed class GetDbProfileCommand : DbCmdlet
{
    /// <summary>Names, with wildcards; else all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    private protected override void End()
    {
        ProfileStore store = Profiles.Load(this);
        foreach (string name in Name)
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            IEnumerable<string> meant = WildcardPattern.ContainsWildcardCharacters(name) ? store.Names.Where(pattern.IsMatch) : [name];
            foreach (string profile in meant)
            {
                Show(store, profile);
            }
        }
    }

    /// <summary>Shows one; that another is not as it must be is no reason to show none.</summary>
    private void Show(ProfileStore store, string name)
    {
        try
        {
            ProfileDescription description = store.Describe(name);
            if (description.Withheld is { } withheld)
            {
                WriteWarning(withheld);
            }

            WriteObject(new DbProfile(description));
        }
        catch (DbConductorException e)
        {
            WriteError(e, name);
        }
    }
}
