using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>Names of this runspace's sessions.</summary>
internal sealed class SessionCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) => SessionTable.Current.Open.Select(s => s.Name);
}
