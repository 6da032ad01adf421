using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbConductor.Sql;
using NpgsqlTypes;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>PostgreSQL's rows in portable types.</summary>
internal sealed class PostgreSqlRowReader(
    SqlAdapter adapter, DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel)
    : SqlRowReader(adapter, command, reader, columns, owned, cancel)
{
    private static readonly long s_epoch = new DateTime(2000, 1, 1).Ticks;

    // the driver turns microseconds into ticks without minding an overflow: a time of the year 294276, or 100 million days, would come as others
    private readonly bool[] _intervals = [.. columns.Select((c, i) => c.Type.Kind == PortableKind.TimeSpan && reader.GetDataTypeName(i).StartsWith("interval", StringComparison.Ordinal))];
    private readonly bool[] _times = [.. columns.Select((c, i) =>
        c.Type.Kind is PortableKind.DateTime or PortableKind.DateTimeOffset && reader.GetDataTypeName(i).StartsWith("timestamp", StringComparison.Ordinal))];

    // types of a native query that have no portable one: as JSON where they are lists, else as the driver's own value, or its text
    private static object Portable(object value) => value switch
    {
        Array list => List(list, 0, new int[list.Rank]),
        BitArray bits => string.Concat(bits.Cast<bool>().Select(bit => bit ? '1' : '0')),
        char c => c.ToString(),
        uint or ulong => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ when PortableType.FromClr(value.GetType()).Kind != PortableKind.Object => value,
        IFormattable text => text.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? (object)DBNull.Value,
    };

    // an array of two dimensions is a list of lists
    private static JsonArray List(Array list, int dimension, int[] at)
    {
        JsonArray array = [];
        int first = list.GetLowerBound(dimension);
        for (int i = first; i < first + list.GetLength(dimension); i++)
        {
            at[dimension] = i;
            array.Add(dimension + 1 < list.Rank ? List(list, dimension + 1, at) : Item(list.GetValue(at)));
        }

        return array;
    }

    private static JsonNode? Item(object? item) => item switch
    {
        null or DBNull => null,
        bool or short or int or long or decimal or string => JsonSerializer.SerializeToNode(item),
        float or double when double.IsFinite(Convert.ToDouble(item, CultureInfo.InvariantCulture)) => JsonSerializer.SerializeToNode(item),
        DateTime or DateTimeOffset or DateOnly or TimeOnly or Guid => JsonSerializer.SerializeToNode(item),
        _ => JsonValue.Create(Convert.ToString(Portable(item), CultureInfo.InvariantCulture)),
    };

    protected override object ReadValue(int ordinal) => Inner.IsDBNull(ordinal) ? DBNull.Value : Columns[ordinal].Type.Kind switch
    {
        PortableKind.Date => Inner.GetFieldValue<DateOnly>(ordinal),
        PortableKind.Time => Inner.GetFieldValue<TimeOnly>(ordinal),
        PortableKind.DateTimeOffset when _times[ordinal] => new DateTimeOffset(Time(ordinal), TimeSpan.Zero),
        PortableKind.DateTimeOffset => Inner.GetFieldValue<DateTimeOffset>(ordinal),
        PortableKind.DateTime => ReadDateTime(ordinal),
        PortableKind.TimeSpan when _intervals[ordinal] => Interval(Inner.GetFieldValue<NpgsqlInterval>(ordinal)),
        PortableKind.TimeSpan => Inner.GetFieldValue<TimeSpan>(ordinal),
        PortableKind.Json => JsonNode.Parse(Inner.GetString(ordinal)) ?? (object)DBNull.Value,
        // the driver's own value for an address has no mask
        PortableKind.Object when Inner.GetDataTypeName(ordinal) == "inet" => Inner.GetFieldValue<NpgsqlInet>(ordinal).ToString(),
        PortableKind.Object => Portable(Inner.GetValue(ordinal)),
        _ => Inner.GetValue(ordinal),
    };

    protected override DateTime ReadDateTime(int ordinal) => !_times[ordinal] ? Inner.GetDateTime(ordinal)
        : Inner.GetDataTypeName(ordinal).EndsWith("with time zone", StringComparison.Ordinal) ? DateTime.SpecifyKind(Time(ordinal), DateTimeKind.Utc)
        : Time(ordinal);

    private static TimeSpan Interval(NpgsqlInterval value) => value.Months == 0
        ? new(checked((value.Days * TimeSpan.TicksPerDay) + (value.Time * TimeSpan.TicksPerMicrosecond)))
        : throw new InvalidCastException("A month has no fixed length.");

    private DateTime Time(int ordinal) => new(checked((Inner.GetFieldValue<long>(ordinal) * TimeSpan.TicksPerMicrosecond) + s_epoch));

    protected override T ReadField<T>(int ordinal) => typeof(T) == typeof(JsonNode) || typeof(T) == typeof(object) || _times[ordinal] || _intervals[ordinal]
        ? (T)ReadValue(ordinal)
        : Inner.GetFieldValue<T>(ordinal);
}
