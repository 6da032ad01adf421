using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>
/// How a stash's columns are laid out in a table: each value in a column of its type where every database keeps it, and what is left
/// (values of another type or beyond the common range, offsets, kinds, fields that are missing, late columns) in one column of bytes, so that all come back as they were.
/// </summary>
internal static class StashLayout
{
    /// <summary>The common range of dates: MySQL's begins here.</summary>
    private const int FirstYear = 1000;

    /// <summary>How many columns the table has at most, besides that of bytes: InnoDB keeps up to 40 bytes of each in a row, which takes 8,126 bytes in all.</summary>
    private const int MostColumns = 150;

    /// <summary>Names that mean something of its own to some database: MongoDB's key, PostgreSQL's system columns.</summary>
    private static readonly string[] s_taken = ["_id", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    /// <summary>The columns for rows of which some are known.</summary>
    internal static List<StashColumn> Make(RowSample sample, IReadOnlyDictionary<string, PortableType> declared)
    {
        foreach (string name in declared.Keys)
        {
            _ = sample.Columns.Count == 0 ? 0 : ColumnNames.Require(sample.Columns, name, "The input (its first 1,000 rows)");
        }

        List<StashColumn> columns = [];
        HashSet<string> names = new(s_taken, StringComparer.OrdinalIgnoreCase) { StashVersion.Rest };
        for (int i = 0; i < sample.Columns.Count; i++)
        {
            Column column = sample.Columns[i];
            PortableType type = Declared(declared, sample.Columns, i) ?? (column.Type.Kind == PortableKind.Object ? Uniform(sample.Values(i)) : column.Type);
            string? native = type.Kind == PortableKind.Object || i >= MostColumns ? null : IsPlain(column.Name) && names.Add(column.Name) ? column.Name : Free(names, i + 1);
            columns.Add(new(column.Name, type) { Native = native });
        }

        return columns;
    }

    /// <summary>The table that holds them.</summary>
    internal static TableSchema Table(IEnumerable<StashColumn> columns) => new(
    [
        .. columns.Where(c => c.Native is not null).Select(c => new Column(c.Native!, c.NativeType)),
        new(StashVersion.Rest, new(PortableKind.Binary)),
    ]);

    /// <summary>The value for the table's column; null where it cannot hold it.</summary>
    /// <param name="value">The value, portable.</param>
    /// <param name="type">The type of the stash's column.</param>
    /// <param name="isExact">Whether the table gives back exactly this value.</param>
    internal static object? ToNative(object value, PortableType type, out bool isExact)
    {
        isExact = true;
        switch (value)
        {
            case JsonNode node when type.Kind == PortableKind.Json:
                return node.ToJsonString();
            case string text when type.Kind == PortableKind.String:
                return text.Contains('\0', StringComparison.Ordinal) || !TextConversion.IsUnicode(text) ? null : text;
            case double number when type.Kind == PortableKind.Double:
                isExact = !(number == 0 && double.IsNegative(number));
                return double.IsFinite(number) ? number : null;
            case float number when type.Kind == PortableKind.Single:
                isExact = !(number == 0 && float.IsNegative(number));
                return float.IsFinite(number) ? number : null;
            case DateTime time when type.Kind == PortableKind.DateTime:
                isExact = time.Kind == DateTimeKind.Unspecified;
                return IsCommon(time.Ticks, time.Year) ? DateTime.SpecifyKind(time, DateTimeKind.Unspecified) : null;
            case DateTimeOffset time when type.Kind == PortableKind.DateTimeOffset:
                isExact = time.Offset == TimeSpan.Zero;
                return IsCommon(time.Ticks, time.UtcDateTime.Year) ? time.ToUniversalTime() : null;
            case DateOnly date when type.Kind == PortableKind.Date:
                return date.Year >= FirstYear ? date : null;
            case TimeOnly time when type.Kind == PortableKind.Time:
                return time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? time : null;
            case TimeSpan span when type.Kind == PortableKind.TimeSpan:
                return span.Ticks % TimeSpan.TicksPerMillisecond == 0 && Math.Abs(span.TotalHours) < 800 ? span : null;
            default:
                return PortableType.FromClr(value.GetType()).Kind == type.Kind ? value : null;
        }
    }

    /// <summary>To the millisecond, which is all that some databases keep.</summary>
    private static bool IsCommon(long ticks, int year) => ticks % TimeSpan.TicksPerMillisecond == 0 && year is >= FirstYear and < 9999;

    private static PortableType? Declared(IReadOnlyDictionary<string, PortableType> declared, IReadOnlyList<Column> columns, int ordinal)
    {
        foreach ((string name, PortableType type) in declared)
        {
            if (ColumnNames.IndexOf(columns, name) == ordinal)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>The one type that all values have, or else object.</summary>
    private static PortableType Uniform(IEnumerable<object?> values)
    {
        PortableKind? kind = null;
        foreach (object? value in values)
        {
            if (value is not null)
            {
                PortableKind own = PortableType.FromClr(value.GetType()).Kind;
                if (kind is not null && kind != own)
                {
                    return default;
                }

                kind = own;
            }
        }

        return new(kind ?? PortableKind.Object);
    }

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= 60 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Free(HashSet<string> names, int number)
    {
        string name = $"column_{number}";
        while (!names.Add(name))
        {
            name += "_";
        }

        return name;
    }
}
