namespace DbConductor;

/// <summary>
/// What is kept of a driver's exception as the inner one of a <see cref="DbConductorException"/>: its type's name, its redacted message and where it was
/// thrown. The driver's own object is let go, since its properties reach statements with their parameters, rows in error details, and connection settings,
/// and PowerShell's <c>Get-Error</c> prints them all.
/// </summary>
public sealed class DriverException : Exception
{
    private readonly string? _stackTrace;

    internal DriverException(string driverType, string message, string? stackTrace, DriverException? inner)
        : base($"{driverType}: {message}", inner)
    {
        DriverType = driverType;
        _stackTrace = stackTrace;
    }

    /// <summary>The type of the driver's exception.</summary>
    public string DriverType { get; }

    /// <inheritdoc/>
    public override string? StackTrace => _stackTrace;
}
