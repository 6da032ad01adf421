namespace DbConductor;

/// <summary>The kinds of value that every adapter moves without loss or refuses with a clear error.</summary>
public enum PortableKind
{
    /// <summary>A column whose values differ in type from row to row; each value keeps its own type.</summary>
    Object,
    /// <summary><see cref="bool"/>.</summary>
    Boolean,
    /// <summary><see cref="short"/>; also carries 8-bit integers.</summary>
    Int16,
    /// <summary><see cref="int"/>; also carries unsigned 16-bit integers.</summary>
    Int32,
    /// <summary><see cref="long"/>; also carries unsigned 32-bit integers.</summary>
    Int64,
    /// <summary><see cref="decimal"/>, at most 28 significant digits; never passes through floating point.</summary>
    Decimal,
    /// <summary><see cref="float"/>.</summary>
    Single,
    /// <summary><see cref="double"/>.</summary>
    Double,
    /// <summary><see cref="string"/>: any Unicode scalars.</summary>
    String,
    /// <summary>An array of <see cref="byte"/>.</summary>
    Binary,
    /// <summary><see cref="DateOnly"/>.</summary>
    Date,
    /// <summary><see cref="TimeOnly"/>: a time of day.</summary>
    Time,
    /// <summary><see cref="System.DateTime"/> without an offset.</summary>
    DateTime,
    /// <summary><see cref="System.DateTimeOffset"/>: an instant.</summary>
    DateTimeOffset,
    /// <summary><see cref="System.TimeSpan"/>: a duration, also negative and beyond 24 hours.</summary>
    TimeSpan,
    /// <summary><see cref="System.Guid"/>.</summary>
    Guid,
    /// <summary><see cref="System.Text.Json.Nodes.JsonNode"/>: nested objects and arrays.</summary>
    Json,
}
