using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Turns the core's errors into PowerShell's. The id is <c>DbConductor.</c> and the kind, and stays what it is.</summary>
internal static class ErrorRecords
{
    internal static ErrorRecord From(DbConductorException error, object? target = null) =>
        new(error, "DbConductor." + error.Kind, CategoryOf(error.Kind), target ?? error.Target);

    private static ErrorCategory CategoryOf(DbErrorKind kind) => kind switch
    {
        DbErrorKind.Connection => ErrorCategory.ConnectionError,
        DbErrorKind.Authentication => ErrorCategory.AuthenticationError,
        DbErrorKind.Permission => ErrorCategory.PermissionDenied,
        DbErrorKind.NotFound or DbErrorKind.ColumnNotFound => ErrorCategory.ObjectNotFound,
        DbErrorKind.AlreadyExists or DbErrorKind.DuplicateKey or DbErrorKind.BatchMismatch => ErrorCategory.ResourceExists,
        DbErrorKind.Constraint or DbErrorKind.InvalidData => ErrorCategory.InvalidData,
        DbErrorKind.InvalidType => ErrorCategory.InvalidType,
        DbErrorKind.Syntax => ErrorCategory.SyntaxError,
        DbErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        DbErrorKind.InvalidOperation => ErrorCategory.InvalidOperation,
        DbErrorKind.Deadlock => ErrorCategory.DeadlockDetected,
        DbErrorKind.Timeout => ErrorCategory.OperationTimeout,
        DbErrorKind.Busy => ErrorCategory.ResourceBusy,
        DbErrorKind.Cancelled => ErrorCategory.OperationStopped,
        DbErrorKind.OutcomeUnknown => ErrorCategory.ProtocolError,
        DbErrorKind.NotSupported => ErrorCategory.NotImplemented,
        DbErrorKind.DriverMissing => ErrorCategory.NotInstalled,
        DbErrorKind.LimitExceeded or DbErrorKind.TooManyRejects => ErrorCategory.LimitsExceeded,
        _ => ErrorCategory.NotSpecified,
    };
}
