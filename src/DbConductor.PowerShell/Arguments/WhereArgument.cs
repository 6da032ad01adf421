using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads <c>-Where</c>.</summary>
internal static class WhereArgument
{
    internal static Filter? Read(PSCmdlet cmdlet, object? where) => where switch
    {
        null => null,
        IDictionary table => table.Count == 0 ? null : Filter.All([.. table.Cast<DictionaryEntry>().Select(e => Filter.Equal((string)e.Key, e.Value))]),
        _ => throw new NotImplementedException(cmdlet.MyInvocation.MyCommand.Name),
    };
}
