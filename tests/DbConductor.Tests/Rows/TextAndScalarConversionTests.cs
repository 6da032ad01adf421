using System.Text.Json.Nodes;
using Xunit;
using static DbConductor.Tests.Rows.ConversionFacts;

namespace DbConductor.Tests.Rows;

public sealed class TextAndScalarConversionTests
{
    private static readonly Guid SomeGuid = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("FALSE", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData(1, true)]
    [InlineData(0L, false)]
    [InlineData("", null)]
    public void Bool_is_read_from_its_words_and_from_one_and_zero(object value, bool? expected)
    {
        using CultureScope turkish = new("tr-TR");
        Converts(value, "bool", expected);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("t")]
    [InlineData(" true")]
    [InlineData("2")]
    [InlineData(2)]
    [InlineData(-1)]
    public void Anything_else_is_no_bool(object value) => Refuses(value, "bool");

    [Theory]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("0F8FAD5BD9CB469FA16570867728950E")]
    [InlineData("{0f8fad5b-d9cb-469f-a165-70867728950e}")]
    public void A_guid_is_read_from_its_usual_forms(string text) => Converts(text, "guid", SomeGuid);

    [Theory]
    [InlineData(" 0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("0x8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("0f8fad5b-d9cb-469f-a165-7086772895")]
    [InlineData("not a guid")]
    public void Anything_else_is_no_guid(string text) => Refuses(text, "guid");

    [Fact]
    public void Binary_in_text_is_hexadecimal_and_marked_as_such()
    {
        Converts("0x00fFa0", "binary", new byte[] { 0x00, 0xFF, 0xA0 });
        Converts("0x", "binary", Array.Empty<byte>());
        Converts("", "binary", null);
        Refuses("00FF", "binary");
        Refuses("AP+g", "binary");
        Refuses("0x0", "binary");
        Refuses("0xZZ", "binary");
        Refuses(new byte[17], "binary(16)");
        Converts(new byte[16], "binary(16)", new byte[16]);
        Refuses(SomeGuid, "binary", DbErrorKind.InvalidType);
    }

    [Fact]
    public void Every_scalar_becomes_text_that_reads_back_in_any_culture()
    {
        (object Value, string Type, string Text)[] all =
        [
            (true, "bool", "true"),
            (-5, "int", "-5"),
            (1.50m, "decimal", "1.50"),
            (0.1, "double", "0.1"),
            (1e300, "double", "1E+300"),
            (-0.0, "double", "-0"),
            (double.NegativeInfinity, "double", "-Infinity"),
            (float.NaN, "float", "NaN"),
            (new DateOnly(9999, 12, 31), "date", "9999-12-31"),
            (new TimeOnly(23, 59, 59, 999), "time", "23:59:59.999"),
            (new DateTime(2024, 2, 29, 12, 0, 0).AddTicks(1), "datetime", "2024-02-29T12:00:00.0000001"),
            (new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc), "datetime", "2024-02-29T00:00:00Z"),
            (DateTime.MaxValue, "datetime", "9999-12-31T23:59:59.9999999"),
            (new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromMinutes(-210)), "datetimeoffset", "2024-02-29T12:00:00-03:30"),
            (TimeSpan.MinValue, "timespan", "-10675199.02:48:05.4775808"),
            (SomeGuid, "guid", "0f8fad5b-d9cb-469f-a165-70867728950e"),
            (new byte[] { 1, 0xAB }, "binary", "0x01AB"),
        ];
        foreach (string culture in new[] { "", "de-DE", "tr-TR", "ar-SA", "fa-IR" })
        {
            using CultureScope scope = new(culture);
            foreach ((object value, string type, string text) in all)
            {
                Converts(value, "string", text);
                Converts(text, type, value);
            }
        }
    }

    [Fact]
    public void A_local_time_in_text_reads_back_as_the_same_instant()
    {
        DateTime local = new(2024, 7, 1, 12, 30, 0, DateTimeKind.Local);
        Assert.True(ValueConversion.TryConvert(local, PortableType.Parse("string"), out object? text, out _));

        Assert.True(ValueConversion.TryConvert(text, PortableType.Parse("datetime"), out object? back, out _));

        Assert.Equal(local.ToUniversalTime(), back);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)back!).Kind);
    }

    [Fact]
    public void Lengths_count_unicode_characters_and_nothing_is_cut()
    {
        const string plane = "\U0001F6EB";
        Converts(plane + plane, "string(2)", plane + plane);
        Converts("", "string(2)", "");
        Converts("ab ", "string(3)", "ab ");
        Assert.Equal("text of 3 characters is longer than string(2)", Refuses("ab ", "string(2)").Description);
        Refuses(plane + plane + plane, "string(2)");
        Refuses(12345, "string(4)");
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        // not as a theory: attributes are stored as UTF-8, which has no half pairs
        foreach (string text in new[] { "\uD83D", "a\uDEEBb", "\uDEEB\uD83D", "\U0001F6EB\uD83D" })
        {
            Refuses(text, "string");
            Refuses(text, "string(10)");
            Refuses(text, "object");
        }
    }

    [Fact]
    public void Text_keeps_every_other_character()
    {
        const string odd = "\0\u0001\t\r\n'\"\\ \u00A0\uFEFF\uFFFF\u0130\u0131\U0010FFFF";
        Converts(odd, "string", odd);
        Converts(" ", "string", " ");
        Converts('x', "string", "x");
        Converts(DayOfWeek.Friday, "string", "Friday");
    }

    [Fact]
    public void Json_is_parsed_from_text_and_made_from_nested_values()
    {
        Equal("""{"a":[1,null,"x"]}""", """ {"a": [1, null, "x"]} """);
        Equal("""{"a":[1.50,true,"2024-02-29"]}""", new Dictionary<string, object?> { ["a"] = new object?[] { 1.50m, true, new DateOnly(2024, 2, 29) } });
        Equal("5", 5);
        Equal("\"x\"", "\"x\"");
        Converts("null", "json", null);
        Converts("", "json", null);
        Refuses("hello", "json");
        Refuses("{", "json");
        Refuses(double.NaN, "json");
        Refuses(new object[] { float.PositiveInfinity }, "json");
        Refuses("\"\uD83D\"", "json");
        Refuses("""{"a":"\ud83d"}""", "json");
        Refuses(new Uri("http://localhost"), "json", DbErrorKind.InvalidType);

        static void Equal(string expected, object value)
        {
            Assert.True(ValueConversion.TryConvert(value, PortableType.Parse("json"), out object? node, out ConversionProblem? problem), problem?.Description);
            Assert.Equal(expected, ((JsonNode)node!).ToJsonString());
        }
    }

    [Fact]
    public void A_value_that_contains_itself_is_refused_not_followed()
    {
        Dictionary<string, object?> circle = [];
        circle["self"] = circle;

        Assert.Contains("contains itself", Refuses(circle, "json").Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_scalars_become_what_they_hold()
    {
        JsonNode document = JsonNode.Parse("""{"i":5,"d":1.50,"x":1e999,"t":"2024-02-29","n":"7","b":true,"o":{"a":1}}""")!;
        Converts(document["i"]!, "int", 5);
        Converts(document["i"]!, "string", "5");
        Converts(document["d"]!, "decimal", 1.50m);
        Converts(document["t"]!, "date", new DateOnly(2024, 2, 29));
        Converts(document["n"]!, "long", 7L);
        Converts(document["b"]!, "bool", true);
        Converts(document["x"]!, "string", "1e999");
        Refuses(document["x"]!, "double");
        Refuses(document["d"]!, "int");
        Refuses(document["o"]!, "int", DbErrorKind.InvalidType);
        Converts(document["o"]!, "string", """{"a":1}""");
        Converts(JsonValue.Create(5), "long", 5L);
    }

    [Fact]
    public void A_column_of_anything_keeps_each_values_own_type()
    {
        Converts("5", "object", "5");
        Converts((byte)5, "object", (short)5);
        Converts(DayOfWeek.Friday, "object", 5);
        Converts(5UL, "object", 5m);
        Converts(0.1, "object", 0.1);
        Refuses(new Uri("http://localhost"), "object", DbErrorKind.InvalidType);
    }

    [Fact]
    public void Null_stays_null_and_a_column_is_named_in_the_error()
    {
        Assert.Null(ValueConversion.Convert(null, new("alt", PortableType.Parse("int"))));
        Assert.Null(ValueConversion.Convert(DBNull.Value, new("alt", PortableType.Parse("int"))));
        Assert.Equal(5, ValueConversion.Convert("5", new("alt", PortableType.Parse("int"))));

        DbConductorException error = Assert.Throws<DbConductorException>(() => ValueConversion.Convert("sesame", new("alt", PortableType.Parse("int"))));

        Assert.Equal("alt", error.Column);
        Assert.Null(error.Row);
        Assert.StartsWith("Column 'alt': text of 6 characters is not a whole number. ", error.Message, StringComparison.Ordinal);
    }
}
