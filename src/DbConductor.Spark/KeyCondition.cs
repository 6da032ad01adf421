namespace DbConductor.Spark;

/// <summary>Says that two keys are equal as <see cref="JoinKey"/> does: as an equality of two expressions, so that Spark can join by hash.</summary>
internal static class KeyCondition
{
    /// <param name="left">The left column.</param>
    /// <param name="l">Its name.</param>
    /// <param name="right">The right column.</param>
    /// <param name="r">Its name.</param>
    internal static string Of(SideColumn left, string l, SideColumn right, string r)
    {
        (PortableKind a, PortableKind b) = (left.Column.Type.Kind, right.Column.Type.Kind);
        (bool floatsA, bool floatsB) = (a is PortableKind.Single or PortableKind.Double, b is PortableKind.Single or PortableKind.Double);
        bool numbers = left.Column.Type.IsNumeric && right.Column.Type.IsNumeric;
        return (a, b) switch
        {
            _ when numbers && floatsA && floatsB => $"CAST({l} AS DOUBLE) = CAST({r} AS DOUBLE)",
            _ when numbers && (floatsA || floatsB) => $"{Number(left, l)} = {Number(right, r)}",
            _ when numbers && (a == PortableKind.Decimal || b == PortableKind.Decimal) =>
                left.Common(right, PortableKind.Decimal) != SideColumn.Text ? $"{l} = {r}" : $"{DecimalText(left, l)} = {DecimalText(right, r)}",
            (PortableKind.Date, PortableKind.DateTime) => $"CAST({l} AS TIMESTAMP_NTZ) = {r}",
            (PortableKind.DateTime, PortableKind.Date) => $"{l} = CAST({r} AS TIMESTAMP_NTZ)",
            _ => $"{l} = {r}",
        };
    }

    /// <summary>The one text of a whole number or decimal: no zeros at the end of a fraction, no point without one, no minus zero.</summary>
    private static string DecimalText(SideColumn column, string name) =>
        $"regexp_replace(regexp_replace(regexp_replace({column.ToText(name)}, '([.][0-9]*?)0+$', '$1'), '[.]$', ''), '^-0$', '0')";

    /// <summary>Any number as text: whole numbers of 64 bits exactly, others as the nearest double.</summary>
    private static string Number(SideColumn column, string name)
    {
        if (column.Column.Type.Kind is PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64)
        {
            return $"CAST({name} AS STRING)";
        }

        if (column.Column.Type.Kind == PortableKind.Decimal)
        {
            string number = column.IsDecimalText ? $"CAST({name} AS DOUBLE)" : name;
            string text = DecimalText(column, name);
            return $"CASE WHEN instr({text}, '.') = 0 AND {number} >= -9223372036854775808BD AND {number} <= 9223372036854775807BD THEN {text} ELSE concat('~', CAST(CAST({name} AS DOUBLE) AS STRING)) END";
        }

        // 2^63 itself is beyond 64 bits
        string real = $"CAST({name} AS DOUBLE)";
        return $"CASE WHEN {real} = floor({real}) AND {real} >= -9.223372036854775808E18D AND {real} < 9.223372036854775808E18D " +
            $"THEN CAST(CAST({real} AS BIGINT) AS STRING) ELSE concat('~', CAST({real} AS STRING)) END";
    }
}
