namespace DbConductor;

/// <summary>What two key columns are compared as.</summary>
internal enum KeyForm
{
    Boolean,
    /// <summary>Whole numbers of any size.</summary>
    Integer,
    /// <summary>Whole numbers and decimals, exactly.</summary>
    Decimal,
    /// <summary>float and double, as double; NaN equals NaN and -0 equals 0.</summary>
    Double,
    /// <summary>Exact numbers with floating ones: whole numbers exactly, fractions by the double next to them.</summary>
    Number,
    /// <summary>By code points: no collation, no padding.</summary>
    Text,
    Binary,
    Date,
    /// <summary>A date is its midnight.</summary>
    DateTime,
    /// <summary>As instants, whatever their offsets.</summary>
    DateTimeOffset,
    Time,
    TimeSpan,
    Guid,
    /// <summary>A column of mixed types: each value as its own type; values of types that cannot be compared do not match.</summary>
    Any,
}
