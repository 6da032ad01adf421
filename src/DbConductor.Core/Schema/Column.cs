namespace DbConductor;

/// <summary>One column of a row stream or of a table.</summary>
/// <param name="Name">The name as the database or the source spells it.</param>
/// <param name="Type">The type of its values.</param>
public sealed record Column(string Name, PortableType Type)
{
    /// <summary>Whether null may stand in it. True unless the source says otherwise.</summary>
    public bool Nullable { get; init; } = true;

    /// <summary>The database's own name of the type; null for columns that no database has described.</summary>
    public string? NativeType { get; init; }

    /// <summary>Whether no more is known of the column than what some rows have there, as of a field that was not declared.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Whether the database fills the column where a row brings no value (default, identity, row id alias).</summary>
    public bool HasDefault { get; init; }

    /// <summary>The default as the database's own expression text; null where there is none or it cannot be told.</summary>
    public string? DefaultText { get; init; }

    /// <summary>Whether the database computes the column, so that no value can be written to it.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>The collation by which the database compares this column's text; null where it has none or the default one.</summary>
    public string? Collation { get; init; }

    /// <summary>Where it differs from its portable type; nothing for columns that no database has described.</summary>
    public ColumnLimits Limits { get; init; } = ColumnLimits.None;
}
