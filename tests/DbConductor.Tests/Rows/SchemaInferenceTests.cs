using System.Text.Json.Nodes;
using Xunit;

namespace DbConductor.Tests.Rows;

public sealed class SchemaInferenceTests
{
    private static readonly SaveOptions None = new();

    public static TheoryData<string, object?[]> Types => new()
    {
        { "long", [1, (byte)2, 3L, null] },
        { "long", [DayOfWeek.Friday] },
        { "decimal", [1, 2.5m] },
        { "decimal", [ulong.MaxValue, 1] },
        { "double", [1, 2.5] },
        { "double", [1.5f, 2.5] },
        { "double", [1, 1.5f] },
        { "double", [1L << 53, 0.5] },
        { "float", [1.5f] },
        { "bool", [true, null] },
        { "string", ["1", "x"] },
        { "string", ['c', "x"] },
        { "datetime", [new DateTime(2024, 1, 1)] },
        { "json", [new object[] { 1 }, new Dictionary<string, int>()] },
        { "json", [JsonNode.Parse("{}")] },
        { "binary", [new byte[1]] },
    };

    public static TheoryData<string, object?[]> Mixes => new()
    {
        { "long, string", [1, "x"] },
        { "long, double", [(1L << 53) + 1, 0.5] },
        { "bool, long", [true, 1] },
        { "datetime, datetimeoffset", [DateTime.UnixEpoch, DateTimeOffset.UnixEpoch] },
        { "long, json", [1, new object[] { 1 }] },
    };

    public static TheoryData<string, string[]> Texts => new()
    {
        { "long", ["1", "-2", "0", ""] },
        { "decimal", ["1", "2.50", "9223372036854775808"] },
        { "double", ["1", "1e-3"] },
        { "double", ["NaN", "7"] },
        { "string", ["1", "x"] },
        { "string", ["007", "1"] },
        { "string", ["+1"] },
        { "string", ["-0"] },
        { "string", ["-"] },
        { "string", ["9007199254740993", "1e3"] },
        { "string", ["0.12345678901234567890123456789"] },
        { "date", ["2013-01-01", ""] },
        { "datetime", ["2013-01-01 05:00:00", "2013-01-01T05:00:00.1234567"] },
        { "datetime", ["2013-01-01", "2013-01-01 05:00"] },
        { "datetimeoffset", ["2013-01-01T05:00:00Z", "2013-01-01 05:00+13:00"] },
        { "bool", ["true", "FALSE"] },
        { "string", ["true", "yes"] },
        { "string", ["2013-02-30"] },
        { "string", ["01/02/2013"] },
        { "string", ["1e400"] },
        { "string", ["1,5"] },
        { "string", [" 1"] },
        { "string", ["", ""] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_type_that_holds_all_values_is_found(string type, object?[] values)
    {
        InferredRows found = await InferAsync("a", values, None);

        Assert.Equal(PortableType.Parse(type), found.Schema.Columns.Single().Type);
        Assert.Empty(found.Warnings);
    }

    [Theory]
    [MemberData(nameof(Mixes))]
    public async Task Any_other_mix_becomes_text_and_is_said(string kinds, object?[] values)
    {
        InferredRows found = await InferAsync("a", values, None);

        Assert.Equal(PortableKind.String, found.Schema.Columns.Single().Type.Kind);
        string warning = Assert.Single(found.Warnings);
        Assert.StartsWith($"Column 'a' has values of several types ({kinds}) in the first 1,000 rows and becomes text.", warning, StringComparison.Ordinal);
        Assert.Contains("-ColumnType", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_but_null_becomes_text_and_is_said()
    {
        InferredRows found = await InferAsync("a", [null, null], None);

        Assert.Equal(PortableKind.String, found.Schema.Columns.Single().Type.Kind);
        Assert.Contains("nothing but null", Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(1.5f)]
    public async Task Decimals_with_doubles_are_an_error_that_asks_for_the_type(object real)
    {
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => InferAsync("price", [1m, real], None));

        Assert.Equal((DbErrorKind.InvalidType, "price"), (error.Kind, error.Column));
        Assert.Contains("-ColumnType @{ 'price' = 'decimal' }", error.Message, StringComparison.Ordinal);
        SaveOptions declared = new() { ColumnTypes = Declare(("PRICE", "double")) };
        Assert.Equal(PortableKind.Double, (await InferAsync("price", [1m, real], declared)).Schema.Columns.Single().Type.Kind);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_counts_as_a_number_only_where_it_is_asked_for_and_reads_back_the_same(string type, string[] values)
    {
        InferredRows inferred = await InferAsync("a:string", values, None, inferFromText: true);
        InferredRows plain = await InferAsync("a:string", values, None);

        Assert.Equal(PortableType.Parse(type), inferred.Schema.Columns.Single().Type);
        Assert.Equal(PortableKind.String, plain.Schema.Columns.Single().Type.Kind);
        Assert.Empty(plain.Warnings);
    }

    [Fact]
    public async Task Text_with_decimals_and_exponents_asks_for_the_type() =>
        await Assert.ThrowsAsync<DbConductorException>(() => InferAsync("a:string", ["1.5", "1e3"], None, inferFromText: true));

    [Fact]
    public async Task Texts_that_mean_null_are_not_looked_at()
    {
        SaveOptions options = new() { NullTexts = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["NA"] } };

        Assert.Equal(PortableKind.Int64, (await InferAsync("a:string", ["NA", "5"], options, inferFromText: true)).Schema.Columns.Single().Type.Kind);
        Assert.Equal(PortableKind.Int64, (await InferAsync("a", ["NA", 5], options)).Schema.Columns.Single().Type.Kind);
    }

    [Fact]
    public async Task Declared_types_win_and_a_name_that_is_no_column_is_an_error()
    {
        SaveOptions options = new() { ColumnTypes = Declare(("alt", "int"), ("lat", "double")), Key = ["FAA"] };
        TestRows rows = new((TestRows.Of("faa:string", "lat:string", "alt:string"), [["04G", "41.1", "1044"]])) { Fed = true };

        TableSchema schema = (await SchemaInference.InferAsync(rows, options, false, default)).Schema;

        Assert.Equal("faa string, lat double, alt int", string.Join(", ", schema.Columns.Select(c => $"{c.Name} {c.Type}")));
        Assert.Equal(["faa"], schema.Key);
        Assert.Equal([false, true, true], schema.Columns.Select(c => c.Nullable));
        DbConductorException type = await Assert.ThrowsAsync<DbConductorException>(() => InferAsync("a", [1], new() { ColumnTypes = Declare(("b", "int")) }));
        DbConductorException key = await Assert.ThrowsAsync<DbConductorException>(() => InferAsync("a", [1], new() { Key = ["b"] }));
        Assert.Equal((DbErrorKind.ColumnNotFound, DbErrorKind.ColumnNotFound), (type.Kind, key.Kind));
    }

    [Fact]
    public async Task A_source_that_has_types_keeps_them_but_the_callers_whole_numbers_are_64_bit()
    {
        TestRows database = new((TestRows.Of("i:int", "t:string(5)", "n:decimal(18,4)"), [[1, "1", null]]));
        TestRows objects = new((TestRows.Of("i:int", "t:string", "n:datetime"), [[1, "1", null]])) { Fed = true };

        InferredRows fromDatabase = await SchemaInference.InferAsync(database, None, false, default);
        InferredRows fromObjects = await SchemaInference.InferAsync(objects, None, false, default);

        Assert.Equal("int, string(5), decimal(18,4)", string.Join(", ", fromDatabase.Schema.Columns.Select(c => c.Type)));
        Assert.Equal("long, string, datetime", string.Join(", ", fromObjects.Schema.Columns.Select(c => c.Type)));
        Assert.Empty(fromObjects.Warnings);
        Assert.True(fromObjects.Rows.FedByCaller);
    }

    [Fact]
    public async Task Columns_are_the_union_of_the_first_thousand_rows_and_later_ones_come_as_they_did()
    {
        object?[][] first = Enumerable.Range(0, 998).Select(i => new object?[] { i }).ToArray();
        object?[][] many = Enumerable.Range(0, 500).Select(i => new object?[] { i, "x", 0.5 }).ToArray();
        TestRows source = new((TestRows.Of("a"), first), (TestRows.Of("a", "b"), [[998, TestRows.Missing], [null, "x"]]), (TestRows.Of("a", "b", "c"), many));

        InferredRows found = await SchemaInference.InferAsync(source, None, false, default);
        List<string> rows = await ReadRows.AllAsync(found.Rows);

        Assert.Equal("a long, b string", string.Join(", ", found.Schema.Columns.Select(c => $"{c.Name} {c.Type}")));
        Assert.Equal("columns a object  True, b object  True", rows[0]);
        Assert.Equal("Int32 0 | missing", rows[1]);
        Assert.Equal("Int32 998 | missing", rows[999]);
        Assert.Equal("null | string 120 1", rows[1000]);
        Assert.Equal("columns a object  True, b object  True, c object  True", rows[1001]);
        Assert.Equal("Int32 499 | string 120 1 | double 4602678819172646912", rows[^1]);
        Assert.Equal(1 + 998 + 2 + 1 + 500, rows.Count);
        Assert.Equal(1500, source.RowsRead);
        await found.Rows.DisposeAsync();
        Assert.True(source.Disposed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replay_gives_what_the_source_would_have(bool sync)
    {
        List<string> expected = await ReadRows.AllAsync(TestRows.Extremes());
        foreach (int count in new[] { 0, 1, 7, 1000 })
        {
            RowSample sample = await RowSample.ReadAsync(TestRows.Extremes(), count, default);
            Assert.Equal(Math.Min(count, expected.Count - 1), sample.Count);
            Assert.Equal(expected, await ReadRows.AllAsync(sample.Replay(), sync));
        }
    }

    [Fact]
    public async Task Large_values_end_the_sample_early()
    {
        TestRows source = new((TestRows.Of("a:binary"), Enumerable.Repeat(new object?[] { new byte[1 << 20] }, 100).ToArray()));

        RowSample sample = await RowSample.ReadAsync(source, 1000, default);

        Assert.Equal(8, sample.Count);
        Assert.Equal(101, (await ReadRows.AllAsync(sample.Replay())).Count);
    }

    [Fact]
    public async Task Without_rows_the_declared_columns_make_the_table()
    {
        InferredRows nothing = await SchemaInference.InferAsync(new TestRows(([], [])), new() { ColumnTypes = Declare(("a", "int"), ("b", "string(5)")), Key = ["a"] }, false, default);
        InferredRows header = await InferAsync("a", [], None);

        Assert.Equal("a int, b string(5)", string.Join(", ", nothing.Schema.Columns.Select(c => $"{c.Name} {c.Type}")));
        Assert.Equal(["a"], nothing.Schema.Key);
        Assert.Contains("no row", Assert.Single(header.Warnings), StringComparison.Ordinal);
    }

    private static Dictionary<string, PortableType> Declare(params (string Name, string Type)[] types) =>
        types.ToDictionary(t => t.Name, t => PortableType.Parse(t.Type));

    private static Task<InferredRows> InferAsync(string column, object?[] values, SaveOptions options, bool inferFromText = false) =>
        SchemaInference.InferAsync(new TestRows((TestRows.Of(column), values.Select(v => new[] { v }).ToArray())), options, inferFromText, default);
}
