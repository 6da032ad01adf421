using Microsoft.Extensions.Logging;

namespace DbConductor;

/// <summary>Ids of the log entries that operations write, for filters on them.</summary>
public static class OperationEvents
{
    /// <summary>An operation ended well (Information).</summary>
    public static EventId Completed { get; } = new(1001, nameof(Completed));

    /// <summary>
    /// An operation failed or was cancelled (Information: the error itself reaches the caller, who alone knows whether it was expected,
    /// as a deadlock that is tried again is).
    /// </summary>
    public static EventId Failed { get; } = new(1002, nameof(Failed));

    /// <summary>A statement is sent (Debug): its text with the parameters' markers, never their values.</summary>
    public static EventId Statement { get; } = new(1003, nameof(Statement));
}
