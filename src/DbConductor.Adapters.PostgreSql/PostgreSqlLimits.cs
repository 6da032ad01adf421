namespace DbConductor.Adapters.PostgreSql;

/// <summary>Where PostgreSQL's types differ from the portable ones; docs/types-postgresql.md says the same in prose.</summary>
internal static class PostgreSqlLimits
{
    private static readonly ColumnLimits s_text = new() { Lacks = ["the NUL character"] };
    private static readonly ColumnLimits s_carriedAsText = new() { Lacks = ["texts that the type does not read"], AsText = true };
    private static readonly ColumnLimits s_json = new() { Lacks = ["the NUL character in a text"] };
    private static readonly ColumnLimits s_decimal = new() { Exceeds = [ColumnLimits.NaN] };
    private static readonly ColumnLimits s_longDecimal = new() { Exceeds = [ColumnLimits.LongDecimal, ColumnLimits.NaN, ColumnLimits.Infinity] };
    private static readonly ColumnLimits s_date = new() { Exceeds = ["infinite dates", "years before 1 and after 9999"] };
    private static readonly ColumnLimits s_time = new() { Exceeds = ["24:00"] };
    private static readonly ColumnLimits s_interval = new() { Exceeds = ["intervals with months or years"] };

    /// <summary>The limits of a type, by the name that <c>format_type</c> gives it.</summary>
    public static ColumnLimits Of(string native)
    {
        if (PostgreSqlTypes.IsCarriedAsText(native))
        {
            return s_carriedAsText;
        }

        PortableType type = PostgreSqlTypes.Read(native);
        return type.Kind switch
        {
            PortableKind.String => s_text,
            PortableKind.Json => s_json,
            PortableKind.Decimal => type.Precision <= ColumnLimits.DecimalDigits ? s_decimal : s_longDecimal,
            PortableKind.Date => s_date,
            PortableKind.DateTime or PortableKind.DateTimeOffset => s_date with { FractionDigits = PostgreSqlTypes.FractionDigits(native) },
            PortableKind.Time => s_time with { FractionDigits = PostgreSqlTypes.FractionDigits(native) },
            PortableKind.TimeSpan => s_interval with { FractionDigits = PostgreSqlTypes.FractionDigits(native) },
            _ => ColumnLimits.None,
        };
    }
}
