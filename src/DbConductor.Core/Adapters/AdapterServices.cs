using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DbConductor;

/// <summary>What an adapter gets from its host.</summary>
public sealed record AdapterServices
{
    /// <summary>Where it logs. SQL goes to Debug; parameter values and credentials go nowhere.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
