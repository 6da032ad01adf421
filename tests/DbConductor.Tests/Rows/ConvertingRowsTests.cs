using Xunit;

namespace DbConductor.Tests.Rows;

public sealed class ConvertingRowsTests
{
    private static readonly Column Name = new("name", PortableType.Parse("string(3)"));
    private static readonly Column Alt = new("alt", PortableType.Parse("int"));

    [Fact]
    public void Text_becomes_the_columns_type_and_the_empty_text_null_except_in_text()
    {
        using ConvertingRows rows = OfText(["abc", "42"], ["", ""]);

        Assert.True(rows.Read());
        Assert.Equal("abc", rows.GetString(0));
        Assert.False(rows.IsDBNull(1));
        Assert.Equal(42, rows.GetInt32(1));
        Assert.True(rows.Read());
        Assert.False(rows.IsDBNull(0));
        Assert.Equal("", rows.GetString(0));
        Assert.True(rows.IsDBNull(1));
        Assert.False(rows.Read());
    }

    [Fact]
    public void A_misfit_names_row_column_and_type_and_never_the_value()
    {
        using ConvertingRows rows = OfText(["a", "1"], ["b", "sesame"]);
        rows.Read();
        rows.Read();

        DbConductorException error = Assert.Throws<DbConductorException>(() => rows.IsDBNull(1));

        Assert.Equal(DbErrorKind.InvalidData, error.Kind);
        Assert.Equal(2, error.Row);
        Assert.Equal("alt", error.Column);
        Assert.StartsWith("Row 2, column 'alt': text of 6 characters is not a whole number. ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
    }

    private static ConvertingRows OfText(params object?[][] rows) => new(
        new BufferedRows([new("name", new(PortableKind.String)), new("alt", new(PortableKind.String))], rows),
        [new(0, Name), new(1, Alt)]);
}
