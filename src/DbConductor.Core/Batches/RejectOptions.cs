namespace DbConductor;

/// <summary>Turns rejecting on: rows that the database or a conversion refuses go where these say, and the others land.</summary>
public sealed record RejectOptions
{
    /// <summary>How many rejects a call has at most unless it is told otherwise.</summary>
    public const long DefaultMaximum = 1000;

    /// <summary>A table of the same database, in the form of <see cref="RejectTable"/>; created where it is absent, and written in the transaction of the rows.</summary>
    public TableName? Into { get; init; }

    /// <summary>Something else that takes them, such as a file; also beside a table.</summary>
    public IRejectSink? Sink { get; init; }

    /// <summary>How many rejects there may be; one more fails the call as a whole with <see cref="DbErrorKind.TooManyRejects"/>.</summary>
    public long Maximum { get; init; } = DefaultMaximum;

    /// <summary>The error of a call that had one reject too many.</summary>
    /// <param name="target">The table.</param>
    /// <param name="last">The error of the row that was too much.</param>
    public DbConductorException Exceeded(TableName target, DbConductorException last)
    {
        ArgumentNullException.ThrowIfNull(last);
        return new(
            DbErrorKind.TooManyRejects,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"More than {Maximum} rows were refused, which is as many as -MaxReject allows; nothing that was not committed before was kept. The last one: {last.Message}"),
            last)
        { Target = target.ToString(), Row = last.Row, Column = last.Column };
    }
}
