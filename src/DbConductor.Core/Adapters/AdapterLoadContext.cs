using System.Reflection;
using System.Runtime.Loader;

namespace DbConductor;

/// <summary>
/// Keeps one adapter's driver and what it depends on apart from every other adapter's. What the adapter exchanges with the core (the core
/// itself, logging, what the core has of the platform) comes from the core's context, so that both mean the same types.
/// </summary>
internal sealed class AdapterLoadContext(string file, AssemblyLoadContext core)
    : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
{
    private readonly AssemblyDependencyResolver _resolver = new(file);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string? own = _resolver.ResolveAssemblyToPath(assemblyName);
        if (own is null || IsShared(assemblyName.Name!))
        {
            try
            {
                // by name alone: the core's version is the one that is shared
                return core.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
            }
            catch (FileNotFoundException)
            {
                // the core has none: the adapter's own, else the platform's
            }
        }

        return own is null ? null : LoadFromAssemblyPath(own);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool IsShared(string name) =>
        name == "DbConductor.Core"
        || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        || name.StartsWith("System.", StringComparison.Ordinal);
}
