namespace DbConductor;

/// <summary>
/// A condition on rows: one small tree that each adapter renders in its own language, always with bound values.
/// </summary>
/// <remarks>
/// Two-valued: an order comparison with null is false, and <see cref="NotFilter"/> of it is therefore true. An empty list matches nothing.
/// Values are plain CLR values; the renderer converts each to the column's type before it binds it.
/// </remarks>
public abstract record Filter
{
    /// <summary>All of the conditions; where there are none, every row.</summary>
    public static Filter All(params Filter[] parts) => parts.Length == 1 ? parts[0] : new AndFilter(parts);

    /// <summary>Equality in the column's own collation; null means "is null".</summary>
    public static Filter Equal(string column, object? value) =>
        value is null ? new NullFilter(column) : new CompareFilter(column, CompareOp.Equal, value);
}

/// <summary>How text is compared.</summary>
public enum TextMatch
{
    /// <summary>As the database's column does: its collation, so that its indexes serve.</summary>
    Column,
    /// <summary>Exactly: every character counts.</summary>
    Exact,
    /// <summary>Without regard to case.</summary>
    IgnoreCase,
}

/// <summary>A comparison's operator.</summary>
public enum CompareOp
{
    /// <summary>Equal.</summary>
    Equal,
    /// <summary>Not equal; keeps nulls.</summary>
    NotEqual,
    /// <summary>Less than.</summary>
    Less,
    /// <summary>Less than or equal.</summary>
    LessOrEqual,
    /// <summary>Greater than.</summary>
    Greater,
    /// <summary>Greater than or equal.</summary>
    GreaterOrEqual,
}

/// <summary>Compares a column with a value that is not null.</summary>
public sealed record CompareFilter(string Column, CompareOp Op, object Value, TextMatch Match = TextMatch.Column) : Filter;

/// <summary>The column's value is one of a list; a null in the list means "is null". Negated, it keeps nulls unless null is in the list.</summary>
public sealed record InFilter(string Column, IReadOnlyList<object?> Values, bool Negated = false, TextMatch Match = TextMatch.Column) : Filter;

/// <summary>The column's text fits a PowerShell wildcard pattern. Negated, it keeps nulls.</summary>
public sealed record LikeFilter(string Column, WildcardText Pattern, bool Negated = false, TextMatch Match = TextMatch.Column) : Filter;

/// <summary>The column is null (or, negated, is not).</summary>
public sealed record NullFilter(string Column, bool Negated = false) : Filter;

/// <summary>Every part holds.</summary>
public sealed record AndFilter(IReadOnlyList<Filter> Parts) : Filter;

/// <summary>At least one part holds.</summary>
public sealed record OrFilter(IReadOnlyList<Filter> Parts) : Filter;

/// <summary>The part does not hold.</summary>
public sealed record NotFilter(Filter Part) : Filter;

/// <summary>A constant: every row, or none.</summary>
public sealed record ConstantFilter(bool Value) : Filter;
