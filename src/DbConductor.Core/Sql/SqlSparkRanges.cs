using System.Numerics;
using DbConductor.Spark;

namespace DbConductor.Sql;

/// <summary>
/// Ranges of a column's values. Each is half open, the first has no beginning and the last no end, and nulls are in the first: so every row is in exactly one of
/// them, whatever the bounds were. These only say how wide the ranges are.
/// </summary>
internal static class SqlSparkRanges
{
    /// <summary>Whether a column's values can be counted from one to the next.</summary>
    internal static bool IsCountable(Column column) => SparkPartitioning.IsCountable(column.Type.Kind) || column.Type is { Kind: PortableKind.Decimal, Scale: 0, Precision: <= ColumnLimits.DecimalDigits };

    /// <summary>The conditions; one that all rows fulfil stands for none.</summary>
    /// <param name="dialect">The database's words.</param>
    /// <param name="operand">The column in the query.</param>
    /// <param name="column">The column.</param>
    /// <param name="least">Its least value.</param>
    /// <param name="greatest">Its greatest one.</param>
    /// <param name="most">How many ranges at most.</param>
    internal static IReadOnlyList<string> Make(SqlDialect dialect, string operand, Column column, object least, object greatest, int most)
    {
        BigInteger first = Number(least);
        BigInteger width = Width(least, greatest);
        int count = (int)BigInteger.Min(most, width);
        if (count < 2)
        {
            return [];
        }

        string[] starts = [.. Enumerable.Range(1, count - 1).Select(i => dialect.Literal(Value(column.Type.Kind, first + (width * i / count)), null))];
        string nulls = column.Nullable ? $" OR {operand} IS NULL" : "";
        return
        [
            $"{operand} < {starts[0]}{nulls}",
            .. starts.Skip(1).Select((end, i) => $"{operand} >= {starts[i]} AND {operand} < {end}"),
            $"{operand} >= {starts[^1]}",
        ];
    }

    /// <summary>The first and the last day or time that can be counted; null for numbers.</summary>
    internal static (object First, object Last)? Calendar(PortableKind kind) => kind switch
    {
        PortableKind.Date => (DateOnly.MinValue, DateOnly.MaxValue),
        PortableKind.DateTime => (DateTime.MinValue, DateTime.MaxValue),
        PortableKind.DateTimeOffset => (DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
        _ => null,
    };

    /// <summary>How many values there are between two, both included.</summary>
    internal static BigInteger Width(object least, object greatest) => Number(greatest) - Number(least) + 1;

    private static BigInteger Number(object value) => value switch
    {
        DateOnly x => x.DayNumber,
        DateTime x => x.Ticks / TimeSpan.TicksPerMicrosecond,
        DateTimeOffset x => x.UtcTicks / TimeSpan.TicksPerMicrosecond,
        decimal x => new BigInteger(x),
        _ => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static object Value(PortableKind kind, BigInteger number) => kind switch
    {
        PortableKind.Date => DateOnly.FromDayNumber((int)number),
        PortableKind.DateTime => new DateTime((long)number * TimeSpan.TicksPerMicrosecond),
        PortableKind.DateTimeOffset => new DateTimeOffset((long)number * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
        PortableKind.Decimal => (decimal)number,
        _ => (long)number,
    };
}
