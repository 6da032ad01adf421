using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DbConductor;

/// <summary>What an adapter gets from its host.</summary>
public sealed record AdapterServices
{
    /// <summary>Where it logs. SQL goes to Debug, the path taken to Information; parameter values and credentials go nowhere.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Makes the path of a file absolute. A host whose current directory is not the process's, such as PowerShell, brings its own;
    /// called only within <see cref="IAdapterFactory.Create"/>.
    /// </summary>
    public Func<string, string> ResolvePath { get; init; } = Path.GetFullPath;

    /// <summary>Services of a host whose calls each log to the sink of their own <see cref="AmbientLog"/>.</summary>
    public static AdapterServices ForHost(Func<string, string> resolvePath) =>
        new() { Logging = AmbientLog.Factory, ResolvePath = resolvePath };
}
