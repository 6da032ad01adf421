using DbConductor.Files;
using Xunit;

namespace DbConductor.Tests.Files;

/// <summary>A filter on files finds what the same one finds in a database that compares text character by character.</summary>
public sealed class FileFilterTests : IDisposable
{
    private const string Rows =
        """
        id,s,i,l,d,x,f,t,dt,ts,tz,b,g,bin
        1,5,5,5,1.50,NaN,1.5,abc,1582-10-10,2024-01-01T01:02:03.123456,2024-01-01T00:00:00Z,true,0f8fad5b-d9cb-469f-a165-70867728950e,0x00ff
        2,-5,-5,-5,1.5,-0.0,NaN,Abc,2024-02-29,2024-01-01T00:00:00,2024-01-01T00:00:00+02:00,false,,0x
        3,,,,,,,,,,,,,
        4,0,0,0,99999999999999999.9,0.1,0.1,a*c,9999-12-31,9999-12-31T00:00:00,,,,
        5,7,7,9223372036854775807,-0.00,Infinity,-1,😀x,,,,true,,
        6,500,500,500,2,1e300,3e38,�,,,,true,,

        """;

    private static readonly Dictionary<string, PortableType> s_types = "id int,s short,i int,l long,d decimal,x double,f float,dt date,ts datetime,tz datetimeoffset,b bool,g guid,bin binary"
        .Split(',').Select(c => c.Split(' ')).ToDictionary(c => c[0], c => PortableType.Parse(c[1]));

    private readonly string _folder = Directory.CreateTempSubdirectory("dbconductor-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, Filter, string> Filters()
    {
        TheoryData<string, Filter, string> all = new()
        {
            { "null and an order", new NotFilter(Compare("i", CompareOp.Greater, 1)), "2 3 4" },
            { "null", Filter.Equal("i", null), "3" },
            { "what stands for null", Filter.Equal("i", ""), "3" },
            { "an empty text", Filter.Equal("t", ""), "3" },
            { "not equal keeps null", Compare("i", CompareOp.NotEqual, 5), "2 3 4 5 6" },
            { "in", new InFilter("l", [5, 9223372036854775807m, "500"]), "1 5 6" },
            { "in, with null", new InFilter("i", [5, null]), "1 3" },
            { "not in", new InFilter("i", [5, -5], Negated: true), "3 4 5 6" },
            { "not in, with null", new InFilter("i", [5, null], Negated: true), "2 4 5 6" },
            { "in, without case", new InFilter("t", ["ABC"], Match: TextMatch.IgnoreCase), "1 2" },
            { "in nothing", new InFilter("t", []), "" },
            { "text", Filter.Equal("t", "abc"), "1" },
            { "text without case", new CompareFilter("t", CompareOp.Equal, "ABC", TextMatch.IgnoreCase), "1 2" },
            { "text in Unicode's order", Compare("t", CompareOp.Greater, "\ufffc"), "5 6" },
            { "text beyond U+FFFF in Unicode's order", Compare("t", CompareOp.Greater, "\ufffd"), "5" },
            { "like", new LikeFilter("t", new("a*")), "1 4" },
            { "like, one character", new LikeFilter("t", new("?x")), "5" },
            { "like, a set", new LikeFilter("t", new("[A-B]*")), "2" },
            { "like, without case", new LikeFilter("t", new("[A-B]*"), Match: TextMatch.IgnoreCase), "1 2 4" },
            { "not like", new LikeFilter("t", new("a*"), Negated: true), "2 3 5 6" },
            { "like of a number", new LikeFilter("i", new("5*")), "1 6" },
            { "NaN", Filter.Equal("x", double.NaN), "1" },
            { "NaN is above nothing", Compare("x", CompareOp.Greater, 0), "4 5 6" },
            { "NaN is below nothing", Compare("x", CompareOp.LessOrEqual, double.PositiveInfinity), "2 4 5 6" },
            { "zero", Filter.Equal("x", 0), "2" },
            { "a float", Filter.Equal("f", 0.1), "4" },
            { "decimals by their value", Filter.Equal("d", 1.500m), "1 2" },
            { "a large decimal", Compare("d", CompareOp.Greater, 99999999999999999.8m), "4" },
            { "a day", Compare("dt", CompareOp.GreaterOrEqual, new DateTime(2024, 2, 28, 10, 0, 0)), "2 4" },
            { "a time", Compare("ts", CompareOp.Less, "2024-01-01T01:02:03.1234567"), "1 2" },
            { "an instant", Compare("tz", CompareOp.Less, new DateTimeOffset(2023, 12, 31, 23, 0, 0, TimeSpan.Zero)), "2" },
            { "a bool", Compare("b", CompareOp.NotEqual, true), "2 3 4" },
            { "a guid", Filter.Equal("g", "0F8FAD5B-D9CB-469F-A165-70867728950E"), "1" },
            { "bytes", Filter.Equal("bin", new byte[] { 0, 255 }), "1" },
            { "several", new OrFilter([new AndFilter([Compare("i", CompareOp.Greater, 0), Compare("l", CompareOp.Less, 100)]), Filter.Equal("id", 3)]), "1 3" },
            { "all", new ConstantFilter(true), "1 2 3 4 5 6" },
        };
        foreach (string whole in new[] { "s", "i", "l" })
        {
            all.Add("a fraction and " + whole, Compare(whole, CompareOp.GreaterOrEqual, 4.5), "1 5 6");
            all.Add("no fraction is a " + whole, Filter.Equal(whole, 5.5), "");
            all.Add("equal " + whole, Filter.Equal(whole, 5m), "1");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Rows_are_those_that_a_database_finds(string name, Filter filter, string ids)
    {
        _ = name;
        FileSet files = Csv(Rows) with { Types = s_types, Where = filter };
        Assert.Equal(ids, await IdsAsync(files));

        // also where the filter's columns are not among those that are wanted, or under other names
        await using RowReader rows = await (files with { Picks = [new("t", "id"), new("id", "number")] }).ToInput().Open(default);
        Assert.Equal(["id", "number"], rows.Columns.Select(c => c.Name));
        List<object> numbers = [];
        while (await rows.ReadAsync())
        {
            numbers.Add(rows.GetValue(1));
        }

        Assert.Equal(ids, string.Join(' ', numbers));
    }

    [Fact]
    public async Task Fields_without_a_type_are_compared_as_what_they_are()
    {
        FileSet files = Json("{\"id\":1,\"v\":5}", "{\"id\":2,\"v\":\"5\"}", "{\"id\":3,\"v\":5.50}", "{\"id\":4,\"v\":{\"a\":5}}", "{\"id\":5}", "{\"id\":6,\"v\":true,\"late\":1e3}");
        foreach ((Filter filter, string ids) in new (Filter, string)[]
        {
            (Filter.Equal("v", 5), "1"), (Filter.Equal("v", "5"), "2"), (Compare("v", CompareOp.Greater, 1), "1 3"), (Compare("v", CompareOp.NotEqual, 5), "2 3 4 5 6"), (Filter.Equal("v", true), "6"),
            (new NullFilter("v"), "5"), (new InFilter("v", [5.5, "5", null]), "2 3 5"), (new LikeFilter("v", new("5*")), "1 2 3"), (Compare("late", CompareOp.Less, 1001), "6"), (new NullFilter("late"), "1 2 3 4 5"),
        })
        {
            Assert.Equal(ids, await IdsAsync(files with { Where = filter }));
            Assert.Equal(ids, await IdsAsync(files with { Where = filter, Picks = [new("id", "id")] }));
        }

        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => IdsAsync(files with { Where = Compare("v", CompareOp.Greater, new DateTime(2024, 1, 1)) }));
        Assert.Equal((DbErrorKind.InvalidType, "v"), (error.Kind, error.Column));
        Assert.Contains("ColumnType", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_an_error()
    {
        await RefusedAsync(Csv(Rows) with { Where = Filter.Equal("nosuch", 1) }, DbErrorKind.ColumnNotFound, "nosuch");
        await RefusedAsync(Csv(Rows) with { Where = Filter.Equal("nosuch", 1), Picks = [new("id", "id")] }, DbErrorKind.ColumnNotFound, "nosuch");
        await RefusedAsync(Json("{\"id\":1}") with { Where = Compare("nosuch", CompareOp.NotEqual, 1) }, DbErrorKind.ColumnNotFound, "nosuch");
        await RefusedAsync(Json("{\"id\":1}") with { Where = Compare("nosuch", CompareOp.NotEqual, 1), Picks = [new("id", "id")] }, DbErrorKind.ColumnNotFound, "nosuch");
        await RefusedAsync(Csv(Rows) with { Types = s_types, Where = Filter.Equal("i", "x") }, DbErrorKind.InvalidData, "'i'");

        // a line that is no row, and a value that is none of its type, are errors also where the filter would not let them through
        await RefusedAsync(Csv("id,v\n1,2\n3\n") with { Where = Filter.Equal("id", "1") }, DbErrorKind.InvalidData, "ine 3 of");
        await RefusedAsync(Csv("id,v\n1,2\nx,3\n") with { Types = new Dictionary<string, PortableType> { ["id"] = new(PortableKind.Int32) }, Where = Filter.Equal("id", 1) }, DbErrorKind.InvalidData, "line 3 of");
    }

    private static CompareFilter Compare(string column, CompareOp op, object value) => new(column, op, value);

    private static async Task RefusedAsync(FileSet files, DbErrorKind kind, string words)
    {
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => IdsAsync(files));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> IdsAsync(FileSet files)
    {
        await using RowReader rows = await files.ToInput().Open(default);
        RowWalker walker = new(rows);
        List<object> ids = [];
        for (RowStep step = await walker.NextAsync(default); step != RowStep.End; step = await walker.NextAsync(default))
        {
            if (step == RowStep.Row)
            {
                ids.Add(rows.GetValue(rows.GetOrdinal("id")));
            }
        }

        return string.Join(' ', ids);
    }

    private FileSet Csv(string text) => Write("a.csv", text);

    private FileSet Json(params string[] lines) => Write("a.jsonl", string.Join('\n', lines));

    private FileSet Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return FileSet.Local(path, [path], null);
    }
}
