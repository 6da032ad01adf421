using System.Text.Json.Nodes;

namespace DbConductor.Tests.Rows;

/// <summary>
/// A row stream for tests: rows of several result sets, each with the columns before it and more; <see cref="Missing"/> is a field that is not there.
/// Counts what is asked of it.
/// </summary>
internal sealed class TestRows(params (Column[] Columns, object?[][] Rows)[] sets) : RowReader
{
    internal static readonly object Missing = new();

    private int _set;
    private int _row = -1;

    internal int ValuesRead { get; private set; }

    internal int TypedReads { get; private set; }

    internal int RowsRead { get; private set; }

    internal bool Disposed { get; private set; }

    internal bool Fed { get; init; }

    internal Action<int>? OnRow { get; init; }

    public override IReadOnlyList<Column> Columns => sets[_set].Columns;

    public override bool FedByCaller => Fed;

    private object?[] Current => sets[_set].Rows[_row];

    internal static Column[] Of(params string[] columns) =>
        columns.Select(c => c.Split(':')).Select(c => new Column(c[0], PortableType.Parse(c.Length > 1 ? c[1] : "object"))).ToArray();

    /// <summary>Every type at its extremes, with null and, in a column of anything, each value again.</summary>
    internal static TestRows Extremes()
    {
        (string Type, object[] Values)[] all =
        [
            ("bool", [true, false]),
            ("short", [short.MinValue, short.MaxValue, (short)0]),
            ("int", [int.MinValue, int.MaxValue, -1]),
            ("long", [long.MinValue, long.MaxValue, 0L, -1L]),
            ("decimal", [decimal.MinValue, decimal.MaxValue, 1.500m, 0.0000000000000000000000000001m, new decimal(0, 0, 0, true, 5)]),
            ("float", [float.MinValue, float.Epsilon, float.NaN, float.NegativeInfinity, -0.0f]),
            ("double", [double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity, -0.0]),
            ("string", ["", "a", "\0", "\uD83D", "\U0001F6EB\uFFFF", new string('\u20AC', 100_000), new string('x', 42), new string('\u20AC', 43), "x\uDEEBy"]),
            ("binary", [Array.Empty<byte>(), new byte[] { 0, 255 }, new byte[200_000]]),
            ("date", [DateOnly.MinValue, DateOnly.MaxValue]),
            ("time", [TimeOnly.MinValue, TimeOnly.MaxValue]),
            ("datetime", [DateTime.MinValue, DateTime.MaxValue, new DateTime(2024, 7, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2024, 3, 31, 2, 30, 0, DateTimeKind.Local)]),
            ("datetimeoffset", [DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(-14)), new DateTimeOffset(2024, 1, 1, 0, 0, 0, new TimeSpan(13, 45, 0))]),
            ("timespan", [TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.Zero]),
            ("guid", [Guid.Empty, new Guid("0f8fad5b-d9cb-469f-a165-70867728950e")]),
            ("json", [JsonNode.Parse("""{"b":[1.50,null,{"\u00e9\ud83d\udeeb":"<'&\u0000"}],"a":{}}""")!, JsonNode.Parse("[]")!, JsonValue.Create(5), JsonNode.Parse(new string('[', 200) + new string(']', 200), null, new() { MaxDepth = 1000 })!]),
        ];
        Column[] columns = [.. all.Select(a => new Column(a.Type, PortableType.Parse(a.Type))), new("anything", default)];
        List<object?[]> rows = [new object?[columns.Length], Enumerable.Repeat(Missing, columns.Length).ToArray()];
        for (int c = 0; c < all.Length; c++)
        {
            foreach (object value in all[c].Values)
            {
                object?[] row = new object?[columns.Length];
                row[c] = row[^1] = value;
                rows.Add(row);
            }
        }

        return new((columns, [.. rows]));
    }

    public override bool Read()
    {
        bool read = ++_row < sets[_set].Rows.Length;
        if (read)
        {
            RowsRead++;
            OnRow?.Invoke(RowsRead);
        }

        return read;
    }

    public override bool NextResult()
    {
        if (_set + 1 == sets.Length)
        {
            return false;
        }

        _set++;
        _row = -1;
        return true;
    }

    public override bool IsMissing(int ordinal) => Current[ordinal] == Missing;

    public override bool IsDBNull(int ordinal) => Current[ordinal] is null || IsMissing(ordinal);

    public override object GetValue(int ordinal)
    {
        ValuesRead++;
        return IsDBNull(ordinal) ? DBNull.Value : Current[ordinal]!;
    }

    public override int GetInt32(int ordinal) => Typed<int>(ordinal);

    public override long GetInt64(int ordinal) => Typed<long>(ordinal);

    public override double GetDouble(int ordinal) => Typed<double>(ordinal);

    public override decimal GetDecimal(int ordinal) => Typed<decimal>(ordinal);

    public override string GetString(int ordinal) => Typed<string>(ordinal);

    public override DateTime GetDateTime(int ordinal) => Typed<DateTime>(ordinal);

    public override T GetFieldValue<T>(int ordinal) => Typed<T>(ordinal);

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }

    private T Typed<T>(int ordinal)
    {
        TypedReads++;
        return (T)Current[ordinal]!;
    }
}
