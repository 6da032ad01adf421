using System.Management.Automation;
using System.Runtime.Loader;

namespace DbConductor.PowerShell;

/// <summary>
/// Runs on import: shows the default load context the way to the core, which lives in a context of its own. On removal, ends the Spark session that was started here.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static int s_hooked;

    /// <summary>Called by PowerShell on every import; hooks once per process.</summary>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_hooked, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += static (_, name) => CoreLoadContext.Resolve(name);
        }
    }

    /// <summary>Called by PowerShell when the module is removed.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => SparkStart.EndWithModule();
}
