using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using DbConductor.Sql;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>MySQL's rows in portable types.</summary>
internal sealed class MySqlRowReader(
    SqlAdapter adapter, DbCommand? command, MySqlDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, bool zeroDatesAreNull, CancellationToken cancel)
    : SqlRowReader(adapter, command, reader, columns, owned, cancel)
{
    // decimals of more digits than .NET's are read as text: a parser that rounds would change them silently
    private readonly bool[] _wide = [.. columns.Select(c => c.Type.Kind == PortableKind.Decimal && (c.Type.Precision is null or > 28))];
    private readonly bool[] _dates = [.. columns.Select(c => c.Type.Kind is PortableKind.Date or PortableKind.DateTime or PortableKind.DateTimeOffset)];

    public override bool IsDBNull(int ordinal) => reader.IsDBNull(ordinal)
        || (zeroDatesAreNull && _dates[ordinal] && reader.GetValue(ordinal) is MySqlDateTime { IsValidDateTime: false })
        || IsJsonNull(ordinal);

    public override bool GetBoolean(int ordinal) => reader.GetValue(ordinal) switch
    {
        bool b => b,
        var number => Convert.ToInt64(number, CultureInfo.InvariantCulture) switch
        {
            0 => false,
            1 => true,
            _ => throw Classify(new InvalidCastException("A tinyint(1) or bit that is neither 0 nor 1."), ordinal),
        },
    };

    public override short GetInt16(int ordinal) => reader.GetInt16(ordinal);

    public override long GetInt64(int ordinal) => reader.GetValue(ordinal) is ulong bits ? checked((long)bits) : reader.GetInt64(ordinal);

    public override float GetFloat(int ordinal) => (float)reader.GetDouble(ordinal);

    public override Guid GetGuid(int ordinal) => ReadField<Guid>(ordinal);

    protected override string MisfitRemedy(int ordinal) => _dates[ordinal]
        ? "A date of zeros is read as null with -Option @{ ZeroDates = 'Null' }; any other is read as text with Invoke-DbQuery and a cast."
        : base.MisfitRemedy(ordinal);

    protected override decimal ReadDecimal(int ordinal)
    {
        if (reader.GetFieldType(ordinal) == typeof(ulong))
        {
            return reader.GetUInt64(ordinal);
        }

        if (!_wide[ordinal])
        {
            return reader.GetDecimal(ordinal);
        }

        string text = reader.GetMySqlDecimal(ordinal).ToString();
        return ValueConversion.TryConvert(text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text, new(PortableKind.Decimal), out object? value, out _)
            ? (decimal)value!
            : throw new OverflowException("More digits than a decimal of .NET has.");
    }

    protected override DateTime ReadDateTime(int ordinal) => reader.GetDateTime(ordinal);

    protected override T ReadField<T>(int ordinal)
    {
        if (typeof(T) == typeof(DateOnly))
        {
            return (T)(object)reader.GetDateOnly(ordinal);
        }

        return (T)ReadValue(ordinal);
    }

    protected override object ReadValue(int ordinal) => IsDBNull(ordinal) ? DBNull.Value : Columns[ordinal].Type.Kind switch
    {
        PortableKind.Boolean => GetBoolean(ordinal),
        PortableKind.Int16 => reader.GetInt16(ordinal),
        PortableKind.Int32 => reader.GetInt32(ordinal),
        PortableKind.Int64 => GetInt64(ordinal),
        PortableKind.Decimal => ReadDecimal(ordinal),
        PortableKind.Single => GetFloat(ordinal),
        PortableKind.Double => reader.GetDouble(ordinal),
        PortableKind.Date => reader.GetDateOnly(ordinal),
        PortableKind.Time => TimeOnly.FromTimeSpan(reader.GetTimeSpan(ordinal)),
        PortableKind.TimeSpan => reader.GetTimeSpan(ordinal),
        PortableKind.DateTime => DateTime.SpecifyKind(reader.GetDateTime(ordinal), DateTimeKind.Unspecified),
        PortableKind.DateTimeOffset => new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(ordinal), DateTimeKind.Utc)),
        PortableKind.Guid => MySqlTypes.IsBytes(Columns[ordinal]) ? new Guid(reader.GetFieldValue<byte[]>(ordinal), bigEndian: true) : Guid.Parse(reader.GetString(ordinal)),
        PortableKind.Json => JsonNode.Parse(reader.GetString(ordinal)) ?? (object)DBNull.Value,
        PortableKind.String => reader.GetString(ordinal),
        PortableKind.Binary => reader.GetFieldValue<byte[]>(ordinal),
        _ => reader.GetValue(ordinal),
    };
}
