using System.Reflection;
using System.Runtime.Loader;

namespace DbConductor.PowerShell;

/// <summary>
/// Keeps the core and the packages it needs apart from those of other modules. Nothing in <c>bin/</c> is ever visible to the default context,
/// the core itself excepted.
/// </summary>
internal sealed class CoreLoadContext : AssemblyLoadContext
{
    private const string CoreName = "DbConductor.Core";

    // its nodes stand in rows, so the cmdlets must mean the same type as the core; PowerShell 7.4 and 7.5 have an older one
    private const string JsonName = "System.Text.Json";

    private static readonly Lazy<Assembly> LazyCore = new(LoadCore);

    private readonly AssemblyDependencyResolver _resolver;

    private CoreLoadContext(string file)
        : base("DbConductor") => _resolver = new(file);

    /// <summary>What the default context gets from here: the core, and whatever of its face the platform's own copy is too old for.</summary>
    internal static Assembly? Resolve(AssemblyName name) => name.Name switch
    {
        CoreName => LazyCore.Value,
        JsonName when !PlatformHas(name) => GetLoadContext(LazyCore.Value)!.LoadFromAssemblyName(name),
        _ => null,
    };

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path && !PlatformHas(assemblyName) ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static Assembly LoadCore()
    {
        string directory = Path.GetDirectoryName(typeof(CoreLoadContext).Assembly.Location)!;
        string file = Path.Combine(directory, "bin", CoreName + ".dll");
        return new CoreLoadContext(file).LoadFromAssemblyPath(file);
    }

    /// <summary>
    /// Whether PowerShell's own .NET has this part of the platform, new enough. Where it does, its copy is taken, so that a JsonNode or a Meter
    /// is the same type on both sides.
    /// </summary>
    private static bool PlatformHas(AssemblyName name)
    {
        if (name.Name?.StartsWith("System.", StringComparison.Ordinal) != true)
        {
            return false;
        }

        string platform = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name.Name + ".dll");
        return File.Exists(platform) && AssemblyName.GetAssemblyName(platform).Version >= name.Version;
    }
}
