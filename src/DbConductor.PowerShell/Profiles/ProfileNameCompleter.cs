using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Names of the configured profiles.</summary>
internal sealed class ProfileNameCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        string? location = shell.AddCommand("Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>().FirstOrDefault()?.ProviderPath;
        return location is null ? [] : ProfileStore.Load(ProfileLocations.Find(location)).Names;
    }
}
