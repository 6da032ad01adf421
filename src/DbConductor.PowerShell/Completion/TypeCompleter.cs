using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>Types of adapters.</summary>
internal sealed class TypeCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) => AdapterCatalog.Installed.Types;
}
