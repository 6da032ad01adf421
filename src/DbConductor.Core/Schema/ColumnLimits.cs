namespace DbConductor;

/// <summary>
/// Where a database's column differs from its portable type: what it has no place for, and what it may hold that the type has no value for.
/// The words are those of the report that precedes a copy (<see cref="ColumnPlan"/>).
/// </summary>
public sealed record ColumnLimits
{
    /// <summary>In <see cref="Lacks"/>: the value that is no number. Only floating-point numbers have it.</summary>
    public const string NaN = "NaN";

    /// <summary>In <see cref="Lacks"/>: the two infinities. Only floating-point numbers have them.</summary>
    public const string Infinity = "infinity";

    /// <summary>A .NET decimal holds every number of so many digits; of more, it may not.</summary>
    public const int DecimalDigits = 28;

    /// <summary>In <see cref="Exceeds"/>: a number with more digits than a .NET decimal keeps.</summary>
    public const string LongDecimal = "numbers of more than 28 digits";

    /// <summary>In <see cref="Drops"/>: 1.50 comes back as 1.5.</summary>
    public const string TrailingZeros = "zeros at the end of a decimal";

    /// <summary>The column holds the values of its portable type, and no others.</summary>
    public static ColumnLimits None { get; } = new();

    /// <summary>How many digits of a second it keeps; 7 are all that a .NET time has. A finer time is refused.</summary>
    public int FractionDigits { get; init; } = 7;

    /// <summary>Values of the portable type that it cannot hold, such as "NaN"; a write of one is refused by row and column.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>What of a value is not kept, though the value is, such as "zeros at the end of a decimal".</summary>
    public IReadOnlyList<string> Drops { get; init; } = [];

    /// <summary>Values that it may hold and the portable type cannot, such as "infinite dates"; reading one is an error that names row and column.</summary>
    public IReadOnlyList<string> Exceeds { get; init; } = [];

    /// <summary>Whether its values have no portable type of their own, and travel in the database's text form.</summary>
    public bool AsText { get; init; }
}
