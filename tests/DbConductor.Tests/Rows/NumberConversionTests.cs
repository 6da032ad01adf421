using System.Globalization;
using System.Numerics;
using Xunit;
using static DbConductor.Tests.Rows.ConversionFacts;

namespace DbConductor.Tests.Rows;

public sealed class NumberConversionTests
{
    private const long BeyondDouble = (1L << 53) + 1;

    public static TheoryData<object, string, object?> Fitting => new()
    {
        { "42", "int", 42 },
        { "-2147483648", "int", int.MinValue },
        { "+7", "int", 7 },
        { "007", "int", 7 },
        { "", "int", null },
        { "", "decimal", null },
        { "", "double", null },
        { "-9223372036854775808", "long", long.MinValue },
        { "-32768", "short", short.MinValue },
        { 40000, "long", 40000L },
        { 5L, "short", (short)5 },
        { (byte)255, "short", (short)255 },
        { ushort.MaxValue, "int", 65535 },
        { uint.MaxValue, "long", 4294967295L },
        { (ulong)long.MaxValue, "long", long.MaxValue },
        { ulong.MaxValue, "decimal", 18446744073709551615m },
        { new BigInteger(long.MinValue), "long", long.MinValue },
        { BigInteger.Parse("79228162514264337593543950335", CultureInfo.InvariantCulture), "decimal", decimal.MaxValue },
        { 5.00m, "int", 5 },
        { 9223372036854775807m, "long", long.MaxValue },
        { -9223372036854775808d, "long", long.MinValue },
        { 3e9, "long", 3000000000L },
        { 16777216f, "int", 16777216 },
        { true, "int", 1 },
        { DayOfWeek.Friday, "int", 5 },
        { '7', "int", 7 },
        { "1.50", "decimal", 1.50m },
        { "-.5", "decimal", -0.5m },
        { "1e2", "decimal", 100m },
        { "12E-3", "decimal", 0.012m },
        { "79228162514264337593543950335", "decimal", decimal.MaxValue },
        { "0.0000000000000000000000000001", "decimal", 0.0000000000000000000000000001m },
        { "1234567890.123456789012345678000000000", "decimal", 1234567890.123456789012345678m },
        { long.MinValue, "decimal", -9223372036854775808m },
        { 0.5, "decimal", 0.5m },
        { -0.0009765625, "decimal", -0.0009765625m },
        { 9007199254740991d, "decimal", 9007199254740991m },
        { 0.25f, "decimal", 0.25m },
        { 0.0, "decimal", 0m },
        { "0.1", "double", 0.1 },
        { "-1.7976931348623157E+308", "double", double.MinValue },
        { "5e-324", "double", double.Epsilon },
        { "NaN", "double", double.NaN },
        { "-Infinity", "double", double.NegativeInfinity },
        { "-0", "double", -0.0 },
        { "9007199254740992", "double", 9007199254740992d },
        { "0.1", "float", 0.1f },
        { "16777216", "float", 16777216f },
        { 1L << 60, "double", (double)(1L << 60) },
        { 0.5f, "double", 0.5 },
        { 0.1f, "double", (double)0.1f },
        { 0.5m, "double", 0.5 },
        { 7, "double", 7.0 },
        { double.NaN, "float", float.NaN },
        { double.PositiveInfinity, "float", float.PositiveInfinity },
        { 0.5, "float", 0.5f },
        { 0.5m, "float", 0.5f },
        { 123456, "float", 123456f },
        { 12345.6789m, "decimal(9,4)", 12345.6789m },
        { "99999.99990", "decimal(9,4)", 99999.9999m },
        { 1, "decimal(1,0)", 1m },
    };

    public static TheoryData<object, string> Misfits => new()
    {
        { "12a", "int" },
        { " 12", "int" },
        { "12 ", "int" },
        { "12\0", "int" },
        { "1,234", "int" },
        { "1.0", "int" },
        { "1e3", "int" },
        { "0x10", "int" },
        { "NA", "int" },
        { "+", "int" },
        { " ", "int" },
        { "\u0661\u0662", "int" },
        { "2147483648", "int" },
        { "-32769", "short" },
        { "9223372036854775808", "long" },
        { int.MaxValue, "short" },
        { long.MinValue, "int" },
        { ulong.MaxValue, "long" },
        { BigInteger.Pow(2, 63), "long" },
        { 9223372036854775808d, "long" },
        { float.MaxValue, "long" },
        { 1.5m, "int" },
        { 1.5, "int" },
        { double.NaN, "int" },
        { double.PositiveInfinity, "long" },
        { 79228162514264337593543950335m, "long" },
        { "1,5", "decimal" },
        { "1.5.1", "decimal" },
        { "1.5\0", "decimal" },
        { "$1", "decimal" },
        { "(1)", "decimal" },
        { "NaN", "decimal" },
        { "79228162514264337593543950336", "decimal" },
        { "1e29", "decimal" },
        { "0.12345678901234567890123456789", "decimal" },
        { "9234567890.1234567890123456789", "decimal" },
        { "1e-29", "decimal" },
        { "1e99999999999999999999", "decimal" },
        { 0.1, "decimal" },
        { 1e29, "decimal" },
        { double.Epsilon, "decimal" },
        { double.NaN, "decimal" },
        { float.NegativeInfinity, "decimal" },
        { -BigInteger.Pow(10, 29), "decimal" },
        { "1e309", "double" },
        { "-1e-400", "double" },
        { "1,5", "double" },
        { "1.5 ", "double" },
        { "1\0", "double" },
        { "9007199254740993", "double" },
        { "16777217", "float" },
        { "1e39", "float" },
        { BeyondDouble, "double" },
        { long.MaxValue, "double" },
        { ulong.MaxValue, "double" },
        { 0.1m, "double" },
        { decimal.MaxValue, "double" },
        { 0.1, "float" },
        { 1e300, "float" },
        { 16777217, "float" },
        { 0.1m, "float" },
        { 123456.7m, "decimal(9,4)" },
        { 1.23456m, "decimal(9,4)" },
        { "1.23456", "decimal(9,4)" },
        { 100000, "decimal(9,4)" },
        { -10, "decimal(1,0)" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public void A_number_that_fits_becomes_exactly_itself(object value, string type, object? expected)
    {
        Converts(value, type, expected);
        using CultureScope german = new("de-DE");
        Converts(value, type, expected);
    }

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_number_that_does_not_fit_is_refused(object value, string type)
    {
        Refuses(value, type);
        using CultureScope german = new("de-DE");
        Refuses(value, type);
    }

    [Theory]
    [InlineData("bool")]
    [InlineData("guid")]
    public void Types_that_have_nothing_to_do_with_numbers_are_refused_as_such(string type) => Refuses(1.5, type, DbErrorKind.InvalidType);

    [Theory]
    [InlineData("short")]
    [InlineData("int")]
    [InlineData("long")]
    [InlineData("decimal")]
    [InlineData("float")]
    [InlineData("double")]
    public void A_date_is_no_number(string type) => Refuses(new DateTime(2024, 2, 29), type, DbErrorKind.InvalidType);

    [Fact]
    public void The_scale_of_a_decimal_is_kept()
    {
        Assert.True(ValueConversion.TryConvert("1.500", PortableType.Parse("decimal"), out object? text, out _));
        Assert.True(ValueConversion.TryConvert(1.500m, PortableType.Parse("decimal(10,4)"), out object? number, out _));

        Assert.Equal("1.500", ((decimal)text!).ToString(CultureInfo.InvariantCulture));
        Assert.Equal("1.500", ((decimal)number!).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_value_of_the_right_type_is_handed_through_as_it_is()
    {
        object boxed = 5;

        Assert.True(ValueConversion.TryConvert(boxed, PortableType.Parse("int"), out object? converted, out _));

        Assert.Same(boxed, converted);
    }

    [Fact]
    public void Problems_tell_the_type_and_the_size_and_what_to_do()
    {
        ConversionProblem text = Refuses("sesame", "int");
        ConversionProblem range = Refuses("70000", "short");
        ConversionProblem number = Refuses(0.1, "decimal");

        Assert.Equal("text of 6 characters is not a whole number", text.Description);
        Assert.Contains("-NullText", text.Remedy, StringComparison.Ordinal);
        Assert.Equal("text of 5 characters is outside the range of short", range.Description);
        Assert.Equal("a value of type double is not exactly a decimal", number.Description);
    }

    [Fact]
    public void Every_double_that_a_decimal_can_hold_exactly_is_found_and_no_other()
    {
        Random random = new(6);
        for (int i = 0; i < 20_000; i++)
        {
            // a mantissa of few bits and a small exponent: about half of them fit
            double value = random.NextInt64(-(1L << random.Next(1, 53)), 1L << random.Next(1, 53)) * Math.Pow(2, random.Next(-60, 60));
            bool fits = ValueConversion.TryConvert(value, PortableType.Parse("decimal"), out object? converted, out _);

            if (fits)
            {
                Assert.Equal(Exact(value), Exact((decimal)converted!));
            }
            else
            {
                (BigInteger digits, int scale) = Exact(value);
                Assert.True(scale > 28 || BigInteger.Abs(digits) > (BigInteger)decimal.MaxValue, value.ToString("R", CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void Every_number_reads_back_from_its_own_text()
    {
        Random random = new(7);
        byte[] bits = new byte[8];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bits);
            double real = BitConverter.ToDouble(bits);
            decimal exact = new(random.Next(), random.Next(), random.Next(), random.Next(2) == 1, (byte)random.Next(29));
            Roundtrips(BitConverter.ToInt64(bits), "long");
            Roundtrips(exact, "decimal");
            if (!double.IsInteger(real) || Math.Abs(real) < 1e15)
            {
                Roundtrips(real, "double");
            }
        }

        static void Roundtrips(object value, string type)
        {
            Assert.True(ValueConversion.TryConvert(value, PortableType.Parse("string"), out object? text, out _));
            Converts(text!, type, value);
        }
    }

    /// <summary>Digits and their number after the point, as few as there can be.</summary>
    private static (BigInteger Digits, int Scale) Exact(double value)
    {
        int scale = 0;
        while (!double.IsInteger(value))
        {
            value *= 2;
            scale++;
        }

        return Shortest(new BigInteger(value) * BigInteger.Pow(5, scale), scale);
    }

    private static (BigInteger Digits, int Scale) Exact(decimal value)
    {
        int[] bits = decimal.GetBits(value);
        decimal whole = new(bits[0], bits[1], bits[2], value < 0, 0);
        return Shortest((BigInteger)whole, value.Scale);
    }

    private static (BigInteger Digits, int Scale) Shortest(BigInteger digits, int scale)
    {
        while (scale > 0 && digits % 10 == 0)
        {
            digits /= 10;
            scale--;
        }

        return (digits, scale);
    }
}
