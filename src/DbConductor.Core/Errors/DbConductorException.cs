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

    /// <summary>The same error of a row that became known later.</summary>
    /// <param name="row">The row's number in the input, counted from 1.</param>
    public DbConductorException At(long row) =>
        Copy(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Row {row}: {Message}"), InnerException ?? this, Target, row);

    /// <summary>The same error of a column whose table became known later.</summary>
    internal DbConductorException Of(TableName table) => Copy(Message, InnerException ?? this, table.ToString(), Row);

    /// <summary>The same error of a row that the server does not name, with how to learn of it.</summary>
    internal DbConductorException WithRejectHint(string known = "") => With($"{Message}{known} With -RejectInto or -RejectPath the row is named, and the others land.", InnerException ?? this);

    /// <summary>The same error in other words.</summary>
    internal DbConductorException With(string message, Exception? inner) => Copy(message, inner, Target, Row);

    private DbConductorException Copy(string message, Exception? inner, string? target, long? row) => new(Kind, message, inner)
    {
        IsTransient = IsTransient,
        Target = target,
        Row = row,
        Column = Column,
        ServerCode = ServerCode,
    };
}
