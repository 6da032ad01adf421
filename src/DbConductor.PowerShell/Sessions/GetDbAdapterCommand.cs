using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Lists the sessions that are open in this runspace.</summary>
[Cmdlet(VerbsCommon.Get, "DbAdapter")]
[OutputType(typeof(DbAdapterSession))]
public sealed class GetDbAdapterCommand : DbCmdlet
{
    /// <summary>Names, with wildcards; else all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    private protected override void End()
    {
        foreach (string name in Name)
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            DbAdapterSession[] found = SessionTable.Current.Open.Where(s => pattern.IsMatch(s.Name)).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(new DbConductorException(DbErrorKind.NotFound, $"There is no session '{name}' in this runspace. Use Connect-DbAdapter."), name);
            }

            WriteObject(found, enumerateCollection: true);
        }
    }
}
