namespace DbConductor.Sql;

/// <summary>A statement's text and what is bound to it.</summary>
/// <param name="Text">The text.</param>
public sealed record SqlStatement(string Text)
{
    /// <summary>A statement about a table, which its text names by <c>@schema</c>, null where the operator wrote none, and <c>@name</c>.</summary>
    public static SqlStatement Of(TableName table, string text)
    {
        SqlStatement statement = new(text);
        statement.Named.Add(new("schema", table.Schema, null));
        statement.Named.Add(new("name", table.Name, null));
        return statement;
    }

    /// <summary>Values whose markers the text got from <see cref="SqlParameters.Add"/>.</summary>
    public SqlParameters Parameters { get; init; } = new();

    /// <summary>Values under names that an operator chose.</summary>
    public IList<SqlParameter> Named { get; } = [];

    /// <summary>The columns of its result, where they are known beforehand; else the driver is asked.</summary>
    public IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>How long it may take; null means without end.</summary>
    public TimeSpan? Timeout { get; init; }
}
