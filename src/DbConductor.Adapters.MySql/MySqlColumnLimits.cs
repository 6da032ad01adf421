namespace DbConductor.Adapters.MySql;

/// <summary>Where MySQL's and MariaDB's columns differ from their portable types; docs/types-mysql.md says the same in prose, and <see cref="MySqlLimits"/> refuses the values.</summary>
internal static class MySqlColumnLimits
{
    private const string ZeroDates = "dates of zeros";

    private static readonly ColumnLimits s_bit = new() { Exceeds = ["numbers other than 0 and 1"] };
    private static readonly ColumnLimits s_floating = new() { Lacks = [ColumnLimits.NaN, ColumnLimits.Infinity] };
    private static readonly ColumnLimits s_rounding = new() { Lacks = [ColumnLimits.NaN, ColumnLimits.Infinity, "digits that the column would round"] };
    private static readonly ColumnLimits s_anyDecimal = new() { Drops = [ColumnLimits.TrailingZeros], Exceeds = [ColumnLimits.LongDecimal] };
    private static readonly ColumnLimits s_longDecimal = new() { Exceeds = [ColumnLimits.LongDecimal] };
    private static readonly ColumnLimits s_positive = new() { Lacks = ["numbers below zero"] };
    private static readonly ColumnLimits s_byte = new() { Lacks = ["numbers beyond 8 bits"] };
    private static readonly ColumnLimits s_medium = new() { Lacks = ["numbers beyond 24 bits"] };
    private static readonly ColumnLimits s_unsigned = new() { Lacks = ["numbers below zero", "numbers beyond the unsigned type's"] };
    private static readonly ColumnLimits s_year = new() { Lacks = ["years other than 0 and 1901 to 2155"] };
    private static readonly ColumnLimits s_date = new() { Exceeds = [ZeroDates] };
    private static readonly ColumnLimits s_timestamp = new() { Lacks = ["times before 1970 and after 2038"], Exceeds = [ZeroDates] };
    private static readonly ColumnLimits s_timeOfDay = new();
    private static readonly ColumnLimits s_duration = new() { Lacks = ["durations beyond 838:59:59"] };
    private static readonly ColumnLimits s_members = new() { Lacks = ["texts that are none of its values"] };
    private static readonly ColumnLimits s_typed = new() { Lacks = ["texts that the type does not read"], AsText = true };
    private static readonly ColumnLimits s_padded = new() { Drops = ["blanks at the end of a text"] };
    private static readonly ColumnLimits s_filled = new() { Lacks = ["fewer bytes than its length"] };
    private static readonly ColumnLimits s_keyText = new() { Lacks = ["texts of more than 255 characters"] };
    private static readonly ColumnLimits s_keyBytes = new() { Lacks = ["more than 255 bytes"] };
    private static readonly ColumnLimits s_tinyText = new() { Lacks = ["texts of more than 255 bytes"] };
    private static readonly ColumnLimits s_shortText = new() { Lacks = ["texts of more than 65,535 bytes"] };
    private static readonly ColumnLimits s_mediumText = new() { Lacks = ["texts of more than 16,777,215 bytes"] };
    private static readonly ColumnLimits s_charset = new() { Lacks = ["characters that its character set has not"] };
    private static readonly ColumnLimits s_jsonType = new() { Lacks = ["JSON numbers other than doubles and 64-bit integers", "JSON of more than 100 levels"] };
    private static readonly ColumnLimits s_jsonText = new() { Lacks = ["JSON of more than 31 levels"] };

    /// <summary>The limits of a column.</summary>
    /// <param name="column">The column, with its native type.</param>
    /// <param name="server">What the server can do.</param>
    public static ColumnLimits Of(Column column, MySqlCapabilities server)
    {
        string native = column.NativeType ?? "";
        string name = MySqlTypes.NameOf(native);
        return column.Type.Kind switch
        {
            PortableKind.Boolean => name == "bit" ? ColumnLimits.None : s_bit,
            PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => WholeNumber(name, native),
            PortableKind.Decimal when name is "bit" => s_positive,
            PortableKind.Decimal when native.Contains("unsigned", StringComparison.OrdinalIgnoreCase) => s_positive,
            PortableKind.Decimal when column.Type.Precision is null => s_anyDecimal,
            PortableKind.Decimal => column.Type.Precision > ColumnLimits.DecimalDigits ? s_longDecimal : ColumnLimits.None,
            PortableKind.Single or PortableKind.Double => MySqlTypes.Digits(native).Count == 2 ? s_rounding : s_floating,
            PortableKind.Date => s_date,
            PortableKind.DateTime or PortableKind.DateTimeOffset => (name == "timestamp" ? s_timestamp : s_date) with { FractionDigits = MySqlTypes.FractionDigits(native) },
            PortableKind.Time => s_timeOfDay with { FractionDigits = MySqlTypes.FractionDigits(native) },
            PortableKind.TimeSpan => s_duration with { FractionDigits = MySqlTypes.FractionDigits(native) },
            PortableKind.Json => server.HasJsonType ? s_jsonType : s_jsonText,
            PortableKind.String => Text(column, name),
            PortableKind.Binary when name == "binary" => s_filled,
            PortableKind.Binary when name == "varbinary" && column.Type.Length is null => s_keyBytes,
            _ => ColumnLimits.None,
        };
    }

    private static ColumnLimits WholeNumber(string name, string native) => name switch
    {
        "year" => s_year,
        "bit" => s_unsigned,
        _ when native.Contains("unsigned", StringComparison.OrdinalIgnoreCase) => s_unsigned,
        "tinyint" => s_byte,
        "mediumint" => s_medium,
        _ => ColumnLimits.None,
    };

    private static ColumnLimits Text(Column column, string name) => name switch
    {
        "enum" or "set" => s_members,
        "inet4" or "inet6" or "uuid" => s_typed,
        "char" => s_padded,
        "varchar" when column.Type.Length is null => s_keyText,
        "tinytext" => s_tinyText,
        "text" => s_shortText,
        "mediumtext" => s_mediumText,
        _ when column.Collation is { } collation && !collation.StartsWith("utf8mb4", StringComparison.Ordinal) => s_charset,
        _ => ColumnLimits.None,
    };
}
