namespace DbConductor;

/// <summary>
/// Every error that DbConductor reports. The message says what failed and the remedy; it never holds a credential or a row's value.
/// </summary>
public sealed class DbConductorException : Exception
{
    /// <summary>Makes an error of a kind.</summary>
    public DbConductorException(DbErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public DbErrorKind Kind { get; }

    /// <summary>Whether the same call may succeed when it is sent again, unchanged.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The table, adapter, file or other thing concerned.</summary>
    public string? Target { get; init; }

    /// <summary>The row concerned, counted from 1 in the order of the input; null where the server does not tell.</summary>
    public long? Row { get; init; }

    /// <summary>The column concerned.</summary>
    public string? Column { get; init; }

    /// <summary>The server's own code: SQLSTATE, or the number of the error.</summary>
    public string? ServerCode { get; init; }

    /// <summary>The same error in other words.</summary>
    internal DbConductorException With(string message, Exception? inner) => new(Kind, message, inner)
    {
        IsTransient = IsTransient,
        Target = Target,
        Row = Row,
        Column = Column,
        ServerCode = ServerCode,
    };
}
