namespace DbConductor.Benchmarks;

/// <summary>Rows made on the fly: ten columns of the usual types. Both sides of a comparison read this same stream through the same typed getters.</summary>
public sealed class BenchRows(long count) : RowReader
{
    private static readonly string[] Cities = ["Auckland", "Wellington", "Christchurch", "Hamilton", "Tauranga", "Dunedin", "Palmerston North"];
    private static readonly DateTime Start = new(2013, 1, 1);
    private long _row = -1;

    /// <summary>The columns of every benchmark's table.</summary>
    public static IReadOnlyList<Column> Shape { get; } =
    [
        new("id", new(PortableKind.Int64)),
        new("quantity", new(PortableKind.Int32)),
        new("price", new(PortableKind.Decimal, null, 12, 2)),
        new("weight", new(PortableKind.Double)),
        new("city", new(PortableKind.String)),
        new("comment", new(PortableKind.String)),
        new("created", new(PortableKind.DateTime)),
        new("due", new(PortableKind.Date)),
        new("paid", new(PortableKind.Boolean)),
        new("status", new(PortableKind.String)),
    ];

    public override IReadOnlyList<Column> Columns => Shape;

    public override long? RowCount => count;

    public override bool Read() => ++_row < count;

    public override Task<bool> ReadAsync(CancellationToken cancellationToken) => Read() ? Yes : No;

    private static readonly Task<bool> Yes = Task.FromResult(true);
    private static readonly Task<bool> No = Task.FromResult(false);

    // every seventh comment is null
    public override bool IsDBNull(int ordinal) => ordinal == 5 && _row % 7 == 0;

    public override long GetInt64(int ordinal) => _row;

    public override int GetInt32(int ordinal) => (int)(_row * 31 % 1000);

    public override decimal GetDecimal(int ordinal) => new((int)(_row * 7919 % 1_000_000), 0, 0, false, 2);

    public override double GetDouble(int ordinal) => _row * 0.25;

    public override bool GetBoolean(int ordinal) => _row % 3 == 0;

    public override DateTime GetDateTime(int ordinal) => Start.AddSeconds(_row);

    public override string GetString(int ordinal) => ordinal switch
    {
        4 => Cities[_row % Cities.Length],
        5 => "deposits sleep furiously among the final packages",
        _ => _row % 2 == 0 ? "O" : "F",
    };

    public override T GetFieldValue<T>(int ordinal) => typeof(T) == typeof(DateOnly)
        ? (T)(object)DateOnly.FromDateTime(Start).AddDays((int)(_row % 3650))
        : (T)GetValue(ordinal);

    public override object GetValue(int ordinal) => IsDBNull(ordinal) ? DBNull.Value : Shape[ordinal].Type.Kind switch
    {
        PortableKind.Int64 => GetInt64(ordinal),
        PortableKind.Int32 => GetInt32(ordinal),
        PortableKind.Decimal => GetDecimal(ordinal),
        PortableKind.Double => GetDouble(ordinal),
        PortableKind.DateTime => GetDateTime(ordinal),
        PortableKind.Date => GetFieldValue<DateOnly>(ordinal),
        PortableKind.Boolean => GetBoolean(ordinal),
        _ => GetString(ordinal),
    };
}
