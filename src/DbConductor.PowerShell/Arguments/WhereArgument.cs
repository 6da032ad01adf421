using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads <c>-Where</c>.</summary>
internal static class WhereArgument
{
    internal static Filter? Read(PSCmdlet cmdlet, object? where) => FilterTranslator.Read(where, cmdlet.SessionState);
}
