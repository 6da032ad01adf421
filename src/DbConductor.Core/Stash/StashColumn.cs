namespace DbConductor;

/// <summary>A column of a stash, and where its values are kept.</summary>
/// <param name="Name">The name as it came.</param>
/// <param name="Type">The type of the values that its table's column can hold.</param>
public sealed record StashColumn(string Name, PortableType Type)
{
    /// <summary>The column of the stash's table; null where all values are in the rest.</summary>
    public string? Native { get; init; }

    /// <summary>Whether there are values of other types too.</summary>
    public bool IsMixed { get; init; }

    /// <summary>The type of the values that are read.</summary>
    public PortableType ReadType => IsMixed ? default : Type;

    /// <summary>How many values the table's column could not hold as they are, so that they are in the rest alone.</summary>
    public long Unfit { get; init; }

    /// <summary>The type of the table's column.</summary>
    internal PortableType NativeType => Type.Kind switch
    {
        // databases change JSON's numbers and the order of names; its text they keep
        PortableKind.Json => new(PortableKind.String),
        // a length that is declared was checked on the way in; without it, no database cuts or pads
        PortableKind.String or PortableKind.Binary or PortableKind.Decimal => new(Type.Kind),
        _ => Type,
    };
}
