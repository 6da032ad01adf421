namespace DbConductor;

/// <summary>What is known of a column, and its value in the current row if that was converted already.</summary>
internal sealed class ConvertingCell
{
    internal ConvertingCell(PortableType source, ColumnMapping mapping, IReadOnlySet<string>? nullTexts)
    {
        PortableType target = mapping.Target.Type;
        Source = mapping.Source;
        SourceKind = source.Kind;
        Kind = target.Kind;
        ClrType = target.ClrType;
        Name = mapping.Target.Name;
        InKey = mapping.InKey;
        RefusesNull = mapping.InKey || mapping.Target is { Nullable: false, HasDefault: false };
        NullTexts = source.Kind is PortableKind.String or PortableKind.Object ? nullTexts : null;
        MaxLength = target.Length ?? int.MaxValue;
        Bounds = DecimalConversion.BoundsOf(target);
        Converter = ValueConversion.For(target);
        Access = (source.Kind, target.Kind) switch
        {
            (PortableKind.String, PortableKind.String) => CellAccess.Text,
            (PortableKind.String, var to) when PlainText.Reads(to) => CellAccess.Parse,
            (PortableKind.Object, _) => CellAccess.Convert,
            (PortableKind.Binary, PortableKind.Binary) when target.Length is not null => CellAccess.Convert,
            (PortableKind.Decimal, PortableKind.Decimal) when Bounds is not null => CellAccess.Decimal,
            var (from, to) when from == to => CellAccess.Direct,
            (PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64, PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64) => CellAccess.Integer,
            _ => CellAccess.Convert,
        };
        // text can turn out to mean null, as can JSON's null
        NullFromSource = NullTexts is null && Access != CellAccess.Parse
            && (Access != CellAccess.Convert || source.Kind is not (PortableKind.String or PortableKind.Object or PortableKind.Json));
        LongestNullText = NullTexts is null or { Count: 0 } ? 0 : NullTexts.Max(t => t.Length);
    }

    internal int Source { get; }

    internal PortableKind SourceKind { get; }

    internal PortableKind Kind { get; }

    internal Type ClrType { get; }

    internal string Name { get; }

    internal bool InKey { get; }

    internal bool RefusesNull { get; }

    internal IReadOnlySet<string>? NullTexts { get; }

    internal int LongestNullText { get; }

    internal int MaxLength { get; }

    internal DecimalConversion.Bounds? Bounds { get; }

    internal ValueConverter Converter { get; }

    internal CellAccess Access { get; }

    internal bool NullFromSource { get; }

    internal long Row { get; set; } = -1;

    internal object? Value { get; set; }
}

/// <summary>How a cell is read.</summary>
internal enum CellAccess
{
    /// <summary>By the converter, whatever the value's type.</summary>
    Convert,
    /// <summary>Straight from the source.</summary>
    Direct,
    /// <summary>As text, whose length and characters are looked at.</summary>
    Text,
    /// <summary>As a text, of which the value is read.</summary>
    Parse,
    /// <summary>As a whole number of another size.</summary>
    Integer,
    /// <summary>As a decimal, whose digits are counted.</summary>
    Decimal,
}
