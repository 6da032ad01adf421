namespace DbConductor;

/// <summary>What a stored cell holds. The numbers are part of the format: only ever add.</summary>
internal enum CellTag : byte
{
    Null = 0,
    Missing = 1,
    False = 2,
    True = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Decimal = 7,
    Single = 8,
    Double = 9,
    /// <summary>Text as UTF-8.</summary>
    String = 10,
    /// <summary>Text that UTF-8 cannot hold, since it has half a surrogate pair: as UTF-16.</summary>
    RawString = 11,
    Binary = 12,
    Date = 13,
    Time = 14,
    DateTime = 15,
    DateTimeOffset = 16,
    TimeSpan = 17,
    Guid = 18,
    /// <summary>JSON as UTF-8 text.</summary>
    Json = 19,
}
