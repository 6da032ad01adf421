using DbConductor.Files;
using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Files;

public sealed class FileRoundTripTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbconductor-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task JSON_lines_leave_out_what_a_row_lacks_and_bring_late_columns_as_they_come()
    {
        string path = Path.Combine(_folder, "a.jsonl");
        await FileExport.WriteAsync(Late(), path, new(), default);

        Assert.Equal(["{\"a\":1}", "{\"a\":null}", "{\"b\":\"x\"}"], await File.ReadAllLinesAsync(path));
        await using FileRows rows = FileRows.Open(path, new());
        List<string> read = await ReadRows.AllAsync(rows);
        Assert.Equal("columns a object  True, b object  True", read[3]);
        Assert.StartsWith("missing | string", read[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSV_has_all_columns_where_rows_may_bring_more_and_refuses_them_where_none_was_expected()
    {
        string path = Path.Combine(_folder, "a.csv");
        RowReader all = await SettledRows.SpoolAsync(Late(), default);
        await FileExport.WriteAsync(all, path, new(), default);
        Assert.Equal(["a,b", "1,", ",", ",x"], await File.ReadAllLinesAsync(path));

        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => FileExport.WriteAsync(Late(), path, new(), default));
        Assert.Equal((3L, "b"), (error.Row, error.Column));
        Assert.Contains("-Property", error.Message, StringComparison.Ordinal);
        Assert.Equal("a.csv", Assert.Single(Directory.GetFiles(_folder).Select(Path.GetFileName)));
        Assert.Equal(4, (await File.ReadAllLinesAsync(path)).Length);
    }

    [Theory]
    [InlineData("9223372036854775807", "long 9223372036854775807")]
    [InlineData("9223372036854775808", "Decimal 9223372036854775808")]
    [InlineData("0.10", "Decimal 0.10")]
    [InlineData("1e3", "Double 1000")]
    [InlineData("1e400", "String 1e400")]
    [InlineData("0.12345678901234567890123456789", "String 0.12345678901234567890123456789")]
    [InlineData("1.000000000000000000001e3", "String 1.000000000000000000001e3")]
    public async Task A_JSON_number_loses_no_digit(string number, string expected)
    {
        string path = Path.Combine(_folder, "n.jsonl");
        await File.WriteAllTextAsync(path, $"{{\"n\":{number}}}");
        await using FileRows rows = FileRows.Open(path, new());
        Assert.True(rows.Read());
        object value = rows.GetValue(0);
        string text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
        Assert.Equal(expected, $"{(value is long ? "long" : value.GetType().Name)} {text}");
    }

    private static TestRows Late() => new((TestRows.Of("a"), [[1], [null]]), (TestRows.Of("a", "b"), [[TestRows.Missing, "x"]]));
}
