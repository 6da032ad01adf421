namespace DbConductor.Adapters.MongoDb;

/// <summary>Where a declared field differs from its portable type; docs/types-mongodb.md says the same in prose.</summary>
internal static class FieldLimits
{
    private static readonly ColumnLimits s_date = new() { FractionDigits = 3, Exceeds = ["years before 1 and after 9999"] };
    private static readonly ColumnLimits s_decimal = new() { Exceeds = [ColumnLimits.LongDecimal, ColumnLimits.NaN, ColumnLimits.Infinity] };
    private static readonly ColumnLimits s_json = new() { Lacks = ["names with the NUL character", "JSON numbers of more than 34 digits"] };

    /// <summary>The limits of a field that holds a portable type's values.</summary>
    public static ColumnLimits Of(PortableKind kind) => kind switch
    {
        PortableKind.DateTime or PortableKind.DateTimeOffset => s_date,
        PortableKind.Decimal => s_decimal,
        PortableKind.Json => s_json,
        _ => ColumnLimits.None,
    };
}
