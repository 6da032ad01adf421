using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private const string Refusal = "a value that does not fit is invalid data or of an invalid type";

    public static TheoryData<string> EveryTypeCase => [.. TypeCases.Names];

    [SkippableTheory]
    [MemberData(nameof(EveryTypeCase))]
    public async Task A_value_comes_back_as_it_was_or_is_refused_by_row_and_column(string name)
    {
        (string type, object value) = TypeCases.Find(name);
        string[] columns = ["id int", "v " + type];
        if (Refused.Contains(name))
        {
            await RefusesAsync(type, type, value);
            return;
        }

        TableName table = await CreateAsync(columns, [], [1, null], [2, value], [3, null]);

        await using RowReader rows = await Db.GetAsync(new BatchQuery(table) { OrderBy = [new("id")] }, default);
        Assert.Equal(PortableType.Parse(type).Kind, rows.Columns[1].Type.Kind);
        Assert.True(await rows.ReadAsync());
        Assert.True(rows.IsDBNull(1));
        Assert.Equal(DBNull.Value, rows.GetValue(1));
        Assert.True(await rows.ReadAsync());
        Assert.False(rows.IsDBNull(1));
        AssertSame(value, rows.GetValue(1));
        AssertSame(value, Typed(rows, 1));
        Assert.True(await rows.ReadAsync());
        Assert.True(rows.IsDBNull(1));
        Assert.False(await rows.ReadAsync());
    }

    public static TheoryData<string> TypesOfCases => [.. TypeCases.Names.Select(n => TypeCases.Find(n).Type).Distinct()];

    [SkippableTheory]
    [MemberData(nameof(TypesOfCases))]
    public async Task A_plan_says_of_which_types_values_are_refused_and_of_no_others(string type)
    {
        string[] columns = ["id int", "v " + type];
        PortableKind kind = PortableType.Parse(type).Kind;
        bool refusesSome = Refused.Any(name => PortableType.Parse(TypeCases.Find(name).Type).Kind == kind);
        TableName table = NewName("planned");

        foreach (bool exists in new[] { false, true })
        {
            if (exists)
            {
                await Db.CreateAsync(table, Spec.Table(columns), default);
            }

            SavePlan plan = await Db.PlanAsync(table, Spec.Columns(columns), new() { CreateTable = true }, default);
            ColumnPlan planned = Assert.Single(plan.Columns, c => c.Source == "v");
            Assert.True(refusesSome == planned.Note.Contains("refused", StringComparison.Ordinal), $"{planned.TargetType}: {planned.Note}");
            Assert.Equal("", planned.Unreadable);
        }

        await using RowReader rows = await Db.GetAsync(new(table), default);
        Assert.Equal("", Narrowing.Note(rows.Columns[1], rows.Columns[1]));
    }

    [SkippableFact]
    public async Task Half_a_surrogate_pair_is_no_text() => await RefusesAsync("string", "string", "a\ud800b");

    [SkippableTheory]
    [InlineData("bool", "TRUE", true)]
    [InlineData("bool", "0", false)]
    [InlineData("short", "-32768", short.MinValue)]
    [InlineData("int", "+7", 7)]
    [InlineData("long", "9223372036854775807", long.MaxValue)]
    [InlineData("decimal", "-1e3", "-1000")]
    [InlineData("decimal", "0.1000000000000000055511151231", "0.1000000000000000055511151231")]
    [InlineData("float", "1.5", 1.5f)]
    [InlineData("double", "1.7976931348623157E+308", double.MaxValue)]
    [InlineData("string", "", "")]
    [InlineData("string", " 01,5 ", " 01,5 ")]
    [InlineData("binary", "0x00fF", "00FF")]
    [InlineData("date", "2024-02-29", "2024-02-29")]
    [InlineData("time", "23:59:59.999999", "23:59:59.9999990")]
    [InlineData("datetime", "2024-02-29 12:34:56.789", "2024-02-29T12:34:56.7890000")]
    [InlineData("datetime", "2024-02-29T12:34:56+02:00", "2024-02-29T10:34:56.0000000")]
    [InlineData("datetimeoffset", "2024-02-29T12:34:56+02:00", "2024-02-29T10:34:56.0000000+00:00")]
    [InlineData("timespan", "-1.02:03:04.5", "-1.02:03:04.5000000")]
    [InlineData("timespan", "PT36H", "1.12:00:00")]
    [InlineData("guid", "00112233-4455-6677-8899-AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("json", """{ "a": [1, 2] }""", """{"a":[1,2]}""")]
    public async Task Text_is_converted_to_the_columns_type(string type, string text, object expected)
    {
        TableName table = await CreateAsync(["id int", "v " + type]);

        await SaveAsync(table, ["id int", "v string"], [1, text]);

        Assert.Equal(expected, Shown((await RowsOf(table))[0][1]!));
    }

    [SkippableTheory]
    [InlineData("bool")]
    [InlineData("int")]
    [InlineData("decimal")]
    [InlineData("double")]
    [InlineData("date")]
    [InlineData("datetimeoffset")]
    [InlineData("guid")]
    [InlineData("json")]
    [InlineData("binary")]
    public async Task The_empty_text_is_null_where_the_column_is_not_text(string type)
    {
        TableName table = await CreateAsync(["id int", "v " + type]);

        await SaveAsync(table, ["id int", "v string"], [1, ""]);

        Assert.Equal([[1, null]], await RowsOf(table));
    }

    [SkippableTheory]
    [InlineData("bool", "yes")]
    [InlineData("short", "32768")]
    [InlineData("int", "2147483648")]
    [InlineData("int", "1,000")]
    [InlineData("int", " 1")]
    [InlineData("int", "1.5")]
    [InlineData("int", "0x10")]
    [InlineData("long", "9223372036854775808")]
    [InlineData("decimal", "1,5")]
    [InlineData("decimal", "1.23456789012345678901234567890123")]
    [InlineData("decimal(5,2)", "1000")]
    [InlineData("decimal(5,2)", "1.234")]
    [InlineData("float", "1e39")]
    [InlineData("double", "1e309")]
    [InlineData("double", "one")]
    [InlineData("date", "29/02/2024")]
    [InlineData("date", "2023-02-29")]
    [InlineData("time", "24:00:00")]
    [InlineData("datetime", "yesterday")]
    [InlineData("datetimeoffset", "2024-01-01T00:00:00")]
    [InlineData("timespan", "1 day")]
    [InlineData("guid", "0011")]
    [InlineData("json", "{a:1}")]
    [InlineData("binary", "cafe")]
    [InlineData("string(3)", "four")]
    public Task Text_that_does_not_fit_names_row_and_column(string type, string text) => RefusesAsync(type, "string", text);

    public static TheoryData<string, object> Misfits => new()
    {
        { "short", 32768 },
        { "int", 2147483648L },
        { "int", 1.5 },
        { "long", 9223372036854775808m },
        { "bool", 2 },
        { "decimal", 0.1 },
        { "decimal(5,2)", 1000m },
        { "decimal(5,2)", 0.001m },
        { "float", 0.1 },
        { "double", 9007199254740993L },
        { "string(3)", "four" },
        { "binary(2)", new byte[3] },
        { "date", new DateTime(2024, 1, 1, 0, 0, 1) },
        { "date", true },
        { "time", TimeSpan.FromDays(1) },
        { "datetimeoffset", new DateTime(2024, 1, 1) },
        { "guid", 5 },
        { "int", new DateOnly(2024, 1, 1) },
        { "string", new UriBuilder() },
    };

    [SkippableTheory]
    [MemberData(nameof(Misfits))]
    public async Task A_value_that_would_change_is_refused(string type, object value)
    {
        SkipUnless(BinaryLengths || value is not byte[], "the database's binary columns have no greatest length");
        await RefusesAsync(type, "object", value);
        if (PortableType.FromClr(value.GetType()) is { Kind: not PortableKind.Object } source)
        {
            await RefusesAsync(type, source.Kind.ToString(), value);
        }
    }

    [SkippableFact]
    public async Task A_column_of_mixed_types_is_converted_value_by_value()
    {
        TableName table = await CreateAsync(["id int", "v decimal"]);

        await SaveAsync(table, ["id object", "v object"], [1, "1.5"], [2L, 2], ["3", 3.25], [(short)4, 4m], [5, DBNull.Value]);

        Assert.Equal([[1, 1.5m], [2, 2m], [3, 3.25m], [4, 4m], [5, null]], await RowsOf(table));
    }

    [SkippableFact]
    public async Task Conversion_is_the_same_in_every_culture()
    {
        TableName table = await CreateAsync(["id int", "d decimal", "f double", "t datetime"]);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // decimal commas, and a calendar in which the year is another
            foreach (string culture in new[] { "de-DE", "th-TH", "ar-SA" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                await SaveAsync(table, ["id string", "d string", "f string", "t string"], ["-1", "-1.5", "2.5e1", "2024-02-29 01:02:03"]);
                await SaveAsync(table, ["id int", "d decimal", "f double", "t datetime"], [-1, -1.5m, 25d, new DateTime(2024, 2, 29, 1, 2, 3)]);
            }

            Assert.All(await RowsOf(table), row => Assert.Equal([-1, -1.5m, 25d, new DateTime(2024, 2, 29, 1, 2, 3)], row));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [SkippableFact]
    public async Task Texts_that_mean_null_do_so_only_where_declared()
    {
        TableName table = await CreateAsync(["id int", "country string", "alt int"]);
        SaveOptions options = new() { NullTexts = new Dictionary<string, IReadOnlyList<string>> { ["alt"] = ["NA", "-"] } };

        await SaveAsync(table, options, ["id string", "country string", "alt string"], ["1", "NA", "NA"], ["2", "-", "-"], ["3", "NZ", "7"]);
        Assert.Equal([[1, "NA", null], [2, "-", null], [3, "NZ", 7]], await RowsOf(table));

        await Db.DeleteAsync(table, (Filter?)null, default);
        options = new() { NullTexts = new Dictionary<string, IReadOnlyList<string>> { [""] = ["NA"] } };
        await SaveAsync(table, options, ["id string", "country string", "alt string"], ["1", "NA", "NA"], ["2", "na", ""]);
        Assert.Equal([[1, null, null], [2, "na", null]], await RowsOf(table));
    }

    public static TheoryData<string, object, object> Pairs => new()
    {
        { "bool", false, true },
        { "short", (short)-5, (short)4 },
        { "int", -5, 4 },
        { "long", 9007199254740992L, 9007199254740993L },
        { "decimal", 9.5m, 10m },
        { "decimal", -10.0000000000000000000000002m, -10.0000000000000000000000001m },
        { "decimal(10,2)", 9.50m, 10.00m },
        { "float", -1.5f, 0.1f },
        { "double", 0.1 + 0.2, 1e300 },
        { "string", "abc", "abd" },
        { "binary", new byte[] { 1, 0 }, new byte[] { 1, 1 } },
        { "date", new DateOnly(1999, 12, 31), new DateOnly(2024, 1, 1) },
        { "date", DateOnly.MinValue, DateOnly.MaxValue },
        { "datetime", DateTime.MinValue, new DateTime(DateTime.MaxValue.Ticks / 10 * 10) },
        { "datetimeoffset", DateTimeOffset.MinValue, new DateTimeOffset(DateTime.MaxValue.Ticks / 10 * 10, TimeSpan.Zero) },
        { "time", new TimeOnly(1, 2, 3), new TimeOnly(1, 2, 3, 500) },
        { "datetime", new DateTime(2024, 1, 1, 1, 2, 3), new DateTime(2024, 1, 1, 1, 2, 3, 4) },
        { "datetimeoffset", new DateTimeOffset(2024, 1, 1, 9, 0, 0, TimeSpan.FromHours(9)), new DateTimeOffset(2024, 1, 1, 1, 0, 0, TimeSpan.Zero) },
        { "timespan", TimeSpan.FromHours(-30), TimeSpan.FromMinutes(3) },
        { "guid", new Guid("00112233-4455-6677-8899-aabbccddeeff"), new Guid("10112233-4455-6677-8899-aabbccddeeff") },
    };

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public async Task A_filter_finds_values_of_every_type_and_order_follows_the_value(string type, object low, object high)
    {
        high = high switch
        {
            // the last time that the database keeps
            DateTime time => new DateTime(time.Ticks / TimeResolution.Ticks * TimeResolution.Ticks),
            DateTimeOffset time => new DateTimeOffset(time.Ticks / TimeResolution.Ticks * TimeResolution.Ticks, time.Offset),
            _ => high,
        };
        TableName table = await CreateAsync(["id int", "v " + type], [], [1, high], [2, low], [3, null]);

        async Task<IEnumerable<int>> Ids(Filter filter) => (await RowsOf(table, "id", filter)).Select(row => (int)row[0]!).ToList();

        Assert.Equal([2], await Ids(Filter.Equal("v", low)));
        Assert.Equal([2], await Ids(new InFilter("v", [low])));
        Assert.Equal([2, 3], await Ids(new CompareFilter("v", CompareOp.NotEqual, high)));
        if (low is not (byte[] or bool))
        {
            Assert.Equal([1], await Ids(Filter.Equal("v", (string)ValueConversion.Convert(high, Spec.Column("x string"))!)));
        }

        if (low is not bool)
        {
            Assert.Equal([1], await Ids(new CompareFilter("v", CompareOp.Greater, low)));
            Assert.Equal([2], await Ids(new CompareFilter("v", CompareOp.Less, high)));
            Assert.Equal([1, 2], await Ids(new CompareFilter("v", CompareOp.GreaterOrEqual, low)));
        }

        Assert.Equal([2, 1], (await RowsOf(table, "v", new NullFilter("v", Negated: true))).Select(row => (int)row[0]!));
    }

    [SkippableFact]
    public async Task Decimals_are_ordered_grouped_and_matched_by_value()
    {
        TableName table = await CreateAsync(["id int", "v decimal"], [], [1, 10m], [2, 9.5m], [3, -1m], [4, 100.25m], [5, 1.0m], [6, 1.00m], [7, 0m]);

        Assert.Equal([3, 7, 5, 6, 2, 1, 4], (await RowsOf(Db, new BatchQuery(table) { OrderBy = [new("v"), new("id")] })).Select(row => (int)row[0]!));
        Assert.Equal(2, await Db.CountAsync(table, Filter.Equal("v", 1m), default));
        Assert.Equal(2, await Db.UpdateAsync(table, Spec.Rows(["v string", "id int"], ["1", 50]), ["v"], default));
    }

    /// <summary>Tries to save a value as the second of three rows, and sees that it is refused there and nothing lands.</summary>
    private async Task RefusesAsync(string type, string source, object value)
    {
        TableName table = NewName();
        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(async () =>
        {
            await Db.CreateAsync(table, Spec.Table(["id int", "v " + type]), default);
            await SaveAsync(table, ["id int", "v " + source], [1, null], [2, value], [3, null]);
        });

        Assert.True(error.Kind is DbErrorKind.InvalidData or DbErrorKind.InvalidType or DbErrorKind.NotSupported, $"{Refusal}: {error}");
        if (error.Kind != DbErrorKind.NotSupported)
        {
            Assert.Equal("v", error.Column);
            Assert.Equal(2, error.Row);
            Assert.Contains("'v'", error.Message, StringComparison.Ordinal);
            Assert.Empty(await RowsOf(table));
        }
    }

    private void AssertSame(object expected, object actual)
    {
        switch (expected)
        {
            case JsonNode json:
                Assert.True(JsonNode.DeepEquals(json, Assert.IsAssignableFrom<JsonNode>(actual)), $"{json.ToJsonString()} came back as {actual}");
                break;
            case DateTimeOffset instant:
                DateTimeOffset back = Assert.IsType<DateTimeOffset>(actual);
                Assert.Equal(instant.UtcTicks, back.UtcTicks);
                Assert.Equal(KeepsOffsets ? instant.Offset : TimeSpan.Zero, back.Offset);
                break;
            case string text:
                Assert.True(string.Equals(text, Assert.IsType<string>(actual), StringComparison.Ordinal), "the text has changed");
                break;
            case byte[] bytes:
                Assert.True(bytes.AsSpan().SequenceEqual(Assert.IsType<byte[]>(actual)), "the bytes have changed");
                break;
            default:
                Assert.IsType(expected.GetType(), actual);
                Assert.Equal(expected, actual);
                break;
        }
    }

    /// <summary>The value by the getter that consumers use for its type.</summary>
    private static object Typed(RowReader rows, int i) => rows.Columns[i].Type.Kind switch
    {
        PortableKind.Boolean => rows.GetBoolean(i),
        PortableKind.Int16 => rows.GetInt16(i),
        PortableKind.Int32 => rows.GetInt32(i),
        PortableKind.Int64 => rows.GetInt64(i),
        PortableKind.Decimal => rows.GetDecimal(i),
        PortableKind.Single => rows.GetFloat(i),
        PortableKind.Double => rows.GetDouble(i),
        PortableKind.String => rows.GetString(i),
        PortableKind.Binary => rows.GetFieldValue<byte[]>(i),
        PortableKind.Date => rows.GetFieldValue<DateOnly>(i),
        PortableKind.Time => rows.GetFieldValue<TimeOnly>(i),
        PortableKind.DateTime => rows.GetDateTime(i),
        PortableKind.DateTimeOffset => rows.GetFieldValue<DateTimeOffset>(i),
        PortableKind.TimeSpan => rows.GetFieldValue<TimeSpan>(i),
        PortableKind.Guid => rows.GetGuid(i),
        PortableKind.Json => rows.GetFieldValue<JsonNode>(i),
        _ => rows.GetValue(i),
    };

    private static object Shown(object value) => value switch
    {
        bool or short or int or long or float or double or string => value,
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified).ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
