namespace DbConductor;

/// <summary>A row that was refused while others of its call landed.</summary>
public sealed record Reject
{
    /// <summary>What names this reject; made anew for each.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>The batch's id in the ledger, or where the call had none, an id that all rejects of the call share.</summary>
    public required string BatchId { get; init; }

    /// <summary>When it was refused, to the millisecond, which every database keeps.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The table into which the row was to go, as the call named it.</summary>
    public required string Target { get; init; }

    /// <summary>The row's number in the call's input, counted from 1.</summary>
    public required long Row { get; init; }

    /// <summary>The column at fault; null where the server names none.</summary>
    public string? Column { get; init; }

    /// <summary>The class of error.</summary>
    public required DbErrorKind Kind { get; init; }

    /// <summary>What is wrong and the remedy; never a value of the row.</summary>
    public required string Message { get; init; }

    /// <summary>The row as a JSON object, in the form of <see cref="RowJson"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Makes one of the error that a row met.</summary>
    /// <param name="error">The error.</param>
    /// <param name="batchId">The batch's id, or the call's.</param>
    /// <param name="target">The table.</param>
    /// <param name="row">The row's number in the input.</param>
    /// <param name="data">The row as JSON.</param>
    public static Reject From(DbConductorException error, string batchId, TableName target, long row, string data)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new()
        {
            BatchId = batchId,
            Time = LedgerEntry.Now(),
            Target = target.ToString(),
            Row = row,
            Column = error.Column,
            Kind = error.Kind,
            Message = error.Message,
            Data = data,
        };
    }

    /// <summary>
    /// Whether an error is one row's own, so that the others may go on without it. Everything else ends the call: a deadlock, a full disk, a cancelled call,
    /// a lost connection, a table or column that is not there.
    /// </summary>
    public static bool IsOfRow(DbErrorKind kind) =>
        kind is DbErrorKind.InvalidData or DbErrorKind.InvalidType or DbErrorKind.Constraint or DbErrorKind.DuplicateKey;
}
