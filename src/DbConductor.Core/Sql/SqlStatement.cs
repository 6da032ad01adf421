namespace DbConductor.Sql;

/// <summary>A statement's text and what is bound to it.</summary>
/// <param name="Text">The text.</param>
public sealed record SqlStatement(string Text)
{
    /// <summary>Values whose markers the text got from <see cref="SqlParameters.Add"/>.</summary>
    public SqlParameters Parameters { get; init; } = new();

    /// <summary>Values under names that an operator chose.</summary>
    public IList<SqlParameter> Named { get; } = [];

    /// <summary>The columns of its result, where they are known beforehand; else the driver is asked.</summary>
    public IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>How long it may take; null means without end.</summary>
    public TimeSpan? Timeout { get; init; }
}
