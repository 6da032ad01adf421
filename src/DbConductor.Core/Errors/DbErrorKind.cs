namespace DbConductor;

/// <summary>What went wrong, in the same words on every database. The cmdlets derive the error id and category from it.</summary>
public enum DbErrorKind
{
    /// <summary>The server cannot be reached, or the connection was lost.</summary>
    Connection,
    /// <summary>User name, password or certificate was refused.</summary>
    Authentication,
    /// <summary>The user may not do this.</summary>
    Permission,
    /// <summary>A table, collection, database or file that is not there.</summary>
    NotFound,
    /// <summary>A column or property that is not there.</summary>
    ColumnNotFound,
    /// <summary>A table or other object that is there already.</summary>
    AlreadyExists,
    /// <summary>A row whose key is taken.</summary>
    DuplicateKey,
    /// <summary>A not-null, check or foreign key constraint.</summary>
    Constraint,
    /// <summary>A value that does not fit its column: overflow, too long, invalid text.</summary>
    InvalidData,
    /// <summary>A value of a type that cannot be converted to the column's.</summary>
    InvalidType,
    /// <summary>The server does not understand the query.</summary>
    Syntax,
    /// <summary>An argument that contradicts another or means nothing.</summary>
    InvalidArgument,
    /// <summary>The call cannot be made in this state: no transaction, a doomed one, a closed session.</summary>
    InvalidOperation,
    /// <summary>A deadlock or a serialization failure: the same call may succeed when sent again.</summary>
    Deadlock,
    /// <summary>The time allowed ran out.</summary>
    Timeout,
    /// <summary>Somebody else holds a lock.</summary>
    Busy,
    /// <summary>Stopped by the caller.</summary>
    Cancelled,
    /// <summary>The connection broke during COMMIT: the rows may be there or not.</summary>
    OutcomeUnknown,
    /// <summary>A batch id under which another mode or other content was written before.</summary>
    BatchMismatch,
    /// <summary>More rows were refused than the call allows.</summary>
    TooManyRejects,
    /// <summary>The database or this adapter cannot do it.</summary>
    NotSupported,
    /// <summary>The adapter's driver is not part of this build.</summary>
    DriverMissing,
    /// <summary>Disk full, quota or another limit of the server.</summary>
    LimitExceeded,
    /// <summary>An error of the server that fits none of the others.</summary>
    Server,
}
