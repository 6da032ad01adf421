using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Sets <c>$ErrorActionPreference = 'Stop'</c> for as long as a block runs in its caller's scope, and gives every scope back what it had.
/// </summary>
internal sealed class StopOnErrors : IDisposable
{
    private const string Local = "local:ErrorActionPreference";
    private const string Global = "global:ErrorActionPreference";

    private readonly List<(PSVariableIntrinsics Variables, string Name, object? Before)> _changed = [];

    private StopOnErrors()
    {
    }

    /// <summary>
    /// Sets it where the caller runs and, where the block comes from elsewhere (a function in a module was handed it), in the block's own module.
    /// </summary>
    internal static StopOnErrors In(PSCmdlet cmdlet, ScriptBlock block)
    {
        StopOnErrors set = new();
        set.Change(cmdlet.SessionState.PSVariable, Local);
        if (block.Module != cmdlet.SessionState.Module)
        {
            set.Change(block.Module?.SessionState.PSVariable ?? cmdlet.SessionState.PSVariable, block.Module is null ? Global : Local);
        }

        return set;
    }

    public void Dispose()
    {
        foreach ((PSVariableIntrinsics variables, string name, object? before) in Enumerable.Reverse(_changed))
        {
            if (before is null)
            {
                variables.Remove(name);
            }
            else
            {
                variables.Set(name, before);
            }
        }
    }

    private void Change(PSVariableIntrinsics variables, string name)
    {
        _changed.Add((variables, name, variables.Get(name)?.Value));
        variables.Set(name, ActionPreference.Stop);
    }
}
