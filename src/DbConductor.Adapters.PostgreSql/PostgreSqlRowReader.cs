using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>PostgreSQL's rows in portable types.</summary>
internal sealed class PostgreSqlRowReader(
    SqlAdapter adapter, DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel)
    : SqlRowReader(adapter, command, reader, columns, owned, cancel)
{
    // types of a native query that have no portable one: as JSON where they are lists, else as the driver's own value, or its text
    private static object Portable(object value) => value switch
    {
        Array list => List(list),
        char c => c.ToString(),
        uint or ulong => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ when PortableType.FromClr(value.GetType()).Kind != PortableKind.Object => value,
        IFormattable text => text.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? (object)DBNull.Value,
    };

    private static JsonArray List(IEnumerable list)
    {
        JsonArray array = [];
        foreach (object? item in list)
        {
            array.Add(item switch
            {
                null or DBNull => null,
                Array inner => List(inner),
                bool or short or int or long or decimal or string => JsonSerializer.SerializeToNode(item),
                float or double when double.IsFinite(Convert.ToDouble(item, CultureInfo.InvariantCulture)) => JsonSerializer.SerializeToNode(item),
                DateTime or DateTimeOffset or DateOnly or TimeOnly or Guid => JsonSerializer.SerializeToNode(item),
                _ => JsonValue.Create(Convert.ToString(item, CultureInfo.InvariantCulture)),
            });
        }

        return array;
    }

    protected override object ReadValue(int ordinal) => Inner.IsDBNull(ordinal) ? DBNull.Value : Columns[ordinal].Type.Kind switch
    {
        PortableKind.Date => Inner.GetFieldValue<DateOnly>(ordinal),
        PortableKind.Time => Inner.GetFieldValue<TimeOnly>(ordinal),
        PortableKind.DateTimeOffset => Inner.GetFieldValue<DateTimeOffset>(ordinal),
        PortableKind.TimeSpan => Inner.GetFieldValue<TimeSpan>(ordinal),
        PortableKind.Json => JsonNode.Parse(Inner.GetString(ordinal)) ?? (object)DBNull.Value,
        PortableKind.Object => Portable(Inner.GetValue(ordinal)),
        _ => Inner.GetValue(ordinal),
    };

    protected override T ReadField<T>(int ordinal) => typeof(T) == typeof(JsonNode) || typeof(T) == typeof(object)
        ? (T)ReadValue(ordinal)
        : Inner.GetFieldValue<T>(ordinal);
}
