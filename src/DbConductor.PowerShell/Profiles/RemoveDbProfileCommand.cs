using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes profiles out of a file.</summary>
[Cmdlet(VerbsCommon.Remove, "DbProfile", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveDbProfileCommand : ProfileFileCmdlet
{
    /// <summary>The profiles' names, or the profiles themselves.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string[] Name { get; set; } = [];

    private protected override void Process()
    {
        ProfileLocations locations = Profiles.Locate(this);
        string file = File(locations);
        ProfileStore store = ProfileStore.Load(locations);
        foreach (string name in Name)
        {
            IReadOnlyList<ProfileScope> scopes = store.Scopes(name);
            if (!scopes.Contains(FileScope))
            {
                string elsewhere = scopes.Count == 0 ? "Get-DbProfile lists those there are." : $"It comes from {string.Join(", ", scopes)}; see -Scope.";
                WriteError(new DbConductorException(DbErrorKind.NotFound, $"There is no profile '{name}' in {file}. {elsewhere}"), name);
            }
            else if (ShouldProcess($"{name} in {file}", "Remove profile"))
            {
                ProfileEditor.Remove(file, FileScope, name);
            }
        }
    }
}
