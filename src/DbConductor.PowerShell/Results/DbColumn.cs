namespace DbConductor.PowerShell;

/// <summary>A column of a table.</summary>
public sealed class DbColumn
{
    internal DbColumn(Column column, bool isKey)
    {
        (Name, Type, NativeType, Nullable, IsKey) = (column.Name, column.Type.ToString(), column.NativeType, column.Nullable, isKey);
        (HasDefault, Default, IsGenerated, Collation) = (column.HasDefault, column.DefaultText, column.IsGenerated, column.Collation);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its type by the portable name.</summary>
    public string Type { get; }

    /// <summary>Its type as the database names it.</summary>
    public string? NativeType { get; }

    /// <summary>Whether null may stand in it.</summary>
    public bool Nullable { get; }

    /// <summary>Whether it is part of the primary key.</summary>
    public bool IsKey { get; }

    /// <summary>Whether the database fills it where a row brings no value.</summary>
    public bool HasDefault { get; }

    /// <summary>The default as the database writes it; null where there is none or it cannot be told.</summary>
    public string? Default { get; }

    /// <summary>Whether the database computes it.</summary>
    public bool IsGenerated { get; }

    /// <summary>The collation by which its text is compared; null where it has none of its own.</summary>
    public string? Collation { get; }

    /// <summary>Name and type.</summary>
    public override string ToString() => $"{Name} {NativeType ?? Type}";
}
