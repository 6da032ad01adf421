using System.IO.Compression;
using System.Text;
using DbConductor.Files;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkFileTests(SparkFixture spark) : IDisposable
{
    private const string ByItself = "read by Spark";

    private readonly string _folder = Directory.CreateTempSubdirectory("dbconductor [spark] 100% files ").FullName;

    /// <summary>What stands in a file, and whether Spark can be trusted with it.</summary>
    public static TheoryData<string, string, bool> Texts() => new()
    {
        { "plain", "id,v\n1,a\n2, b \n3,\n", true },
        { "without a last line feed", "id,v\n1,a\n2,b", true },
        { "carriage returns", "id,v\r\n1,a\r\n\r\n2,b\r\n", true },
        { "quotes", "id,\"v\"\n1,\"a, \"\"b\"\"\"\n2,\"\"\n3,\"\"\"\"\n\"4\",a'b\\n\\,\n", false },
        { "quotes, each line whole", "id,\"v\"\n1,\"a, \"\"b\"\"\"\n2,\"\"\n3,\"\"\"\"\n\"4\",a'b\\n\\\n5,${spark.app.name}\n", true },
        { "line breaks in quotes", "id,v\n1,\"a\nb\"\n2,\"c\r\nd\"\n", false },
        { "a quote within", "id,v\n1,a\"b\n", false },
        { "text behind a quote", "id,v\n1,\"a\"b\n", false },
        { "too few", "id,v\n1,a\n2\n", false },
        { "too many", "id,v\n1,a\n2,b,c\n", false },
        { "the header again", "id,v\n1,a\nid,v\n", false },
        { "empty lines", "id,v\n\n1,a\n\n\n2,b\n\n", true },
        { "one column", "v\na\n\n\"\"\nb\n", true },
        { "one column and a comma", "v\na\nb,c\n", false },
        { "a carriage return alone", "id,v\n1,a\rb\n", false },
        { "carriage returns alone", "id,v\r1,a\r2,b\r", false },
        { "a carriage return alone behind the header", "id,v\r1,a\n2,b\n", false },
        { "no rows", "id,v\n", true },
        { "nothing", "", false },
        { "a name twice", "id,ID\n1,2\n", false },
        { "a name missing", "id,\n1,2\n", false },
        { "other characters", "id,v\u00e9,\u2028\n1,\ud83d\udeeb,\u0085\n2,\0,\ufeff\n", true },
        { "a byte order mark", "\ufeffid,v\n1,a\n", true },
        { "names that mean something", "c0,a.b,`x`,value,file\n1,2,3,4,5\n", true },
    };

    [SkippableTheory]
    [MemberData(nameof(Texts))]
    public Task A_CSV_file_has_the_rows_of_the_embedded_engine(string name, string text, bool byItself)
    {
        _ = name;
        return SameAsync(Csv("a.csv", text), byItself);
    }

    [SkippableFact]
    public async Task Encodings_compression_tabs_and_what_is_no_text_are_read_the_same()
    {
        await SameAsync(Csv("utf16.csv", "id,v\n1,\u00e9\n", new UnicodeEncoding(false, true)), false);
        await SameAsync(Csv("latin1.csv", "id,v\n1,\u00e9\n", Encoding.Latin1), false);
        await SameAsync(Csv("latin1head.csv", "id,\u00e9\n1,a\n", Encoding.Latin1), false);
        await SameAsync(Csv("a.tsv", "id\tv\n1\ta,\"b\n", Encoding.UTF8), false);
        await SameAsync(Csv("b.tsv", "id\tv\n1\ta,'b\n2\t\"a\tb\"\n"), true);
        byte[] zipped = Gzip("id,v\n1,a\n2,b\n");
        await SameAsync(Bytes("a.csv.gz", zipped), true);
        await SameAsync(Bytes("cut.csv.gz", zipped[..^9]), false);
        await SameAsync(Bytes("named.csv", zipped), false);
        await SameAsync(Bytes("renamed.csv.gz", Encoding.UTF8.GetBytes("id,v\n1,a\n")), false);
    }

    [SkippableFact]
    public async Task Declared_types_and_texts_for_null_make_the_values_of_the_embedded_engine()
    {
        FileSet files = Csv("a.csv", "i,l,d,b,day,at,t\n1,9,1.5,true,2024-02-29,2024-02-29 10:00:00,NA\n-0,NA,-1e-3,false,0001-01-01,2024-02-29T10:00:00.123456,\"NA\"\n,\"NA\",,NA,,,\n2147483647,999999999999999999,0.30000000000000004,\"true\",9999-12-31,1500-01-01 00:00:00,\" x\"\n");
        files = files with
        {
            Types = Types("i int", "l long", "d double", "b bool", "day date", "at datetime"),
            NullTexts = new Dictionary<string, IReadOnlyList<string>> { [""] = ["NA"] },
            Picks = [new("i", "number"), new("t", "t"), new("l", "L"), new("d", "d"), new("b", "b"), new("day", "day"), new("at", "at")],
        };
        await SameAsync(files with { Picks = [new("i", "i")] }, false);
        await SameAsync(files with { Picks = [.. files.Picks.Skip(1)] }, true);

        // Spark would take these for values, or cannot say where they stand
        foreach ((string type, string value) in new[] { ("int", " 1"), ("int", "2147483648"), ("int", "x"), ("int", "1e1"), ("short", "1_0"), ("double", "1d"), ("double", "Infinity"), ("bool", "y"), ("date", "2024-02-30"), ("date", "2024-2-3"), ("datetime", "2024-02-29 10:00"), ("date", "0000-01-01"), ("decimal(10,2)", "1.50"), ("string(1)", "ab"), ("float", "0.1") })
        {
            await SameAsync(Csv("b.csv", $"v,w\n{value},1\n") with { Types = Types("v " + type) }, false);
        }
    }

    [SkippableFact]
    public async Task Files_of_one_wildcard_are_one_table()
    {
        string[] files = [Write("1.csv", "id,v\n1,a\n"), Write("2.csv", "id,v\n2,b\n3,c\n")];
        await SameAsync(FileSet.Local("*.csv", files, null), true);
        await SameAsync(FileSet.Local("*.csv", [.. files, Write("3.csv", "v,id\nd,4\n")], null), false);
        await SameAsync(FileSet.Local("*.csv", [.. files, Write("3.csv", "id,v\r\n4,d\r\n")], null), false);
        await SameAsync(FileSet.Local("*.csv", [.. files, Write("3.csv", "")], null), false);
        FileSet other = FileSet.Local("*.csv", [.. files, Write("3.csv", "id,w\n4,d\n")], null);
        await SameAsync(other, false);
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => RowsAsync(other));
        Assert.Equal((DbErrorKind.InvalidData, "w"), (error.Kind, error.Column));
        Assert.Contains("3.csv", error.Message, StringComparison.Ordinal);

        // a value's place is told by file and line
        error = await Assert.ThrowsAsync<DbConductorException>(() => RowsAsync(FileSet.Local("*.csv", [files[0], Write("2.csv", "id,v\n2,b\n\nx,c\n")], null) with { Types = Types("id int") }));
        Assert.Contains("line 4 of", error.Message, StringComparison.Ordinal);
        Assert.Contains("2.csv", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_filter_finds_the_rows_that_the_embedded_engine_finds()
    {
        FileSet files = Csv("a.csv", "id,v,n\n1,a,5\n2,A,\n3,,7\n") with { Types = Types("n int"), Picks = [new("id", "key")] };
        foreach (Filter filter in new Filter[] { Filter.Equal("v", "a"), new CompareFilter("n", CompareOp.Greater, 4.5), new NotFilter(new CompareFilter("n", CompareOp.Less, 6)), Filter.Equal("nosuch", 1) })
        {
            await SameAsync(files with { Where = filter }, false);
        }

        ISparkSession session = await spark.SessionAsync();
        SparkPlan plan = await session.PlanAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["v"] = (files with { Where = Filter.Equal("v", "a") }).ToInput() }, "select * from v"), new SparkCall("test"), default);
        Assert.Contains("handed over as a file, since its Where is answered here", Assert.Single(plan.Sides).How, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Lines_of_JSON_have_the_columns_of_all_files()
    {
        string one = Write("1.jsonl", "{\"id\":1,\"v\":\"a\",\"n\":1.50}\n{\"id\":2,\"V\":{\"a\":[1.0,null]}}\n");
        string two = Write("2.jsonl", "{\"w\":true,\"id\":3,\"n\":2.25}\n");
        FileSet files = FileSet.Local("*.jsonl", [one, two], null);
        await SameAsync(FileSet.Local("1.jsonl", [one], null), false);
        await SameAsync(files with { Picks = [new("w", "w"), new("id", "key")] }, false);
        await SameAsync(FileSet.Local("x", [Write("bad.jsonl", "{\"id\":1}\n{\"id\":}\n")], null), false);
        Assert.Equal(["id", "v", "n", "V", "w"], (await ColumnsAsync(files)).Select(c => c.Name));
    }

    [SkippableFact]
    public async Task Large_files_are_read_in_parts()
    {
        ISparkSession session = await spark.SessionAsync();
        const int rows = 200_000;
        StringBuilder text = new("id,v\n");
        for (int i = 0; i < rows; i++)
        {
            text.Append(i).Append(i % 3 == 0 ? ",\"a \"\"quoted\"\" text, long enough\"\n" : ",a text that is long enough\n");
        }

        FileSet files = Csv("large.csv", text.ToString()) with { Types = Types("id long") };
        SparkResult result = await session.RunAsync(new SparkQuery(Views(files), "select count(*) n, sum(id) s, count(distinct v) d, count(distinct p) > 1 parts from (select *, spark_partition_id() p from f)"), new SparkCall("test"), default);
        Assert.EndsWith($"(file 'large.csv' {ByItself})", result.Path, StringComparison.Ordinal);
        await using RowReader found = result.Rows;
        Assert.Equal([(long)rows, (long)rows * (rows - 1) / 2, 2L, true], (await found.ToArrayAsync())[0]);
    }

    [SkippableTheory]
    [InlineData("parquet")]
    [InlineData("orc")]
    public async Task Files_that_have_types_keep_them(string format)
    {
        ISparkSession session = await spark.SessionAsync();
        string folder = Path.Combine(_folder, "typed " + format);
        await WriteAsync(
            session, folder, format,
            "select 1 id, true b, cast(1 as tinyint) i8, cast(2 as smallint) i16, 3 i32, 4L i64, cast(1.5 as float) f, 1e300D d, 1.50BD n, cast('12345678901234567890123456789012345678' as decimal(38,0)) wide, "
            + "'\u00e9\ud83d\udeeb' s, X'00ff' bin, date'1500-03-01' day, timestamp_ntz'2024-02-29 10:00:00.123456' at, timestamp'2024-02-29 10:00:00.123456Z' inst, "
            + "named_struct('a', array(1, null), 'b', cast(null as string), 't', timestamp'2024-02-29 10:00:00.123456Z') nested, map('k', 1.50) m "
            + "union all select 2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null");
        JoinInput ids = new("ids", _ => Task.FromResult(Spec.Rows(["k int"], [[1], [2]])));
        FileSet files = FileSet.Local("typed", [folder], null);
        Assert.Equal(Enum.Parse<FileSetFormat>(format, ignoreCase: true), files.Format);

        // a number of more digits than ours have is refused where it comes out
        SparkResult result = await session.RunAsync(new SparkJoin(files.ToInput(), ids, new([new("id", "k")]) { Type = JoinType.Left }), new SparkCall("test"), default);
        Assert.Equal(DbErrorKind.InvalidData, (await Assert.ThrowsAsync<DbConductorException>(() => result.Rows.ToArrayAsync())).Kind);
        await result.Rows.DisposeAsync();

        files = files with { Picks = [.. "b i8 i16 i32 i64 f d n s bin day at inst nested m id".Split(' ').Select(c => new ColumnPick(c, c))] };
        foreach (bool query in new[] { true, false })
        {
            result = query ? await session.RunAsync(new SparkQuery(Views(files), "select * from f order by id"), new SparkCall("test"), default)
                : await session.RunAsync(new SparkJoin(files.ToInput(), ids, new([new("id", "k")]) { Type = JoinType.Left }), new SparkCall("test"), default);
            Assert.Contains(ByItself, result.Path, StringComparison.Ordinal);
            await using RowReader rows = result.Rows;
            Assert.Equal(
                "b bool, i8 short, i16 short, i32 int, i64 long, f float, d double, n decimal(3,2), s string, bin binary, day date, at datetime, inst datetimeoffset, nested json, m json, id int",
                string.Join(", ", rows.Columns.Take(16).Select(c => $"{c.Name} {c.Type}")));
            object?[][] found = await rows.ToArrayAsync();
            object?[] first = found.Single(row => (int)row[15]! == 1);
            Assert.Equal(
                [true, (short)1, (short)2, 3, 4L, 1.5f, 1e300, 1.50m, "\u00e9\ud83d\udeeb", new byte[] { 0, 255 }, new DateOnly(1500, 3, 1), new DateTime(2024, 2, 29, 10, 0, 0, 123, 456),
                    new DateTimeOffset(2024, 2, 29, 10, 0, 0, 123, 456, TimeSpan.Zero), "{\"a\":[1,null],\"b\":null,\"t\":\"2024-02-29T10:00:00.123456Z\"}", "{\"k\":1.50}", 1],
                first[..16]);
            Assert.All(found.Single(row => (int)row[15]! == 2)[..15], Assert.Null);
        }

        LeavesNothing(session);
    }

    [SkippableFact]
    public async Task Parquet_files_of_one_wildcard_have_the_columns_of_all_and_folders_give_texts()
    {
        ISparkSession session = await spark.SessionAsync();
        string folder = Path.Combine(_folder, "parts");
        await WriteAsync(session, Path.Combine(folder, "day=007"), "parquet", "select 1 id, 'a' v");
        await WriteAsync(session, Path.Combine(folder, "day=008"), "parquet", "select 2 id, 1.5D w");
        await using RowReader rows = (await session.RunAsync(new SparkQuery(Views(FileSet.Local("parts", [folder], null)), "select id, v, w, day from f order by id"), new SparkCall("test"), default)).Rows;
        Assert.Equal("day string", $"{rows.Columns[3].Name} {rows.Columns[3].Type}");
        object?[][] found = await rows.ToArrayAsync();
        Assert.Equal([1, "a", null, "007"], found[0]);
        Assert.Equal([2, null, 1.5, "008"], found[1]);

        await WriteAsync(session, Path.Combine(folder, "day=009"), "parquet", "select 'x' id");
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => RowsAsync(FileSet.Local("parts", [folder], null)));
        Assert.Contains("id", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_address_whose_file_system_is_missing_is_told_with_what_to_give()
    {
        _ = await spark.SessionAsync();
        foreach ((string address, string words) in new[] { ("s3a://bucket/a/*.parquet", "-Package org.apache.hadoop:hadoop-aws:3.3.4"), ("s3a://bucket/a.csv", "hadoop-aws"), ("gs://bucket/a.orc", "gcs-connector"), ("nosuch://host/a.jsonl", "nosuch://") })
        {
            DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => RowsAsync(FileSet.Remote(address, null)));
            Assert.Equal((address, DbErrorKind.DriverMissing), (address, error.Kind));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }

        DbConductorException secret = Assert.Throws<DbConductorException>(() => FileSet.Remote("s3a://key:hidden@bucket/a.csv", null));
        Assert.DoesNotContain("hidden", secret.ToString(), StringComparison.Ordinal);
        Assert.Equal(DbErrorKind.NotSupported, (await Assert.ThrowsAsync<DbConductorException>(() => FileSet.Remote("s3a://bucket/a.csv", null).ToInput().Open(default))).Kind);
    }

    [SkippableFact]
    public async Task An_address_is_read_by_Spark_or_fetched()
    {
        // Hadoop's way to this machine's files stands for one that nobody else has
        Write("1.csv", "id,v\n1,a\n");
        Write("2.csv", "id,v\n2,\"b\nc\"\n");
        Write("3.jsonl", "{\"id\":1,\"v\":[1.50]}\n");
        string root = "file://" + _folder.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        Assert.Equal(await EmbeddedAsync(FileSet.Local("1", [Path.Combine(_folder, "1.csv")], null)), await ShownAsync(FileSet.Remote(root + "/1*.csv", null), ByItself));
        Assert.Equal(await EmbeddedAsync(FileSet.Local("all", [Path.Combine(_folder, "1.csv"), Path.Combine(_folder, "2.csv")], null)), await ShownAsync(FileSet.Remote(root + "/*.csv", null), "handed over"));
        Assert.Equal(await EmbeddedAsync(FileSet.Local("3", [Path.Combine(_folder, "3.jsonl")], null)), await ShownAsync(FileSet.Remote(root + "/?.jsonl", null), "handed over"));
        Assert.Equal(DbErrorKind.NotFound, (await Assert.ThrowsAsync<DbConductorException>(() => RowsAsync(FileSet.Remote(root + "/none*.csv", null)))).Kind);
        LeavesNothing(await spark.SessionAsync());
    }

    [Fact]
    public void Folders_and_names_tell_the_format_or_are_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Write("part/_SUCCESS", "");
        Write("part/.x.crc", "");
        Write("part/b.csv", "id\n");
        Write("part/a.csv", "id\n");
        FileSet part = FileSet.Local("part", [Path.Combine(_folder, "part")], null);
        Assert.Equal(["a.csv", "b.csv"], part.Paths.Select(p => Path.GetFileName(p)));
        Write("a.txt", "");
        Write("mixed/a.csv", "");
        Write("mixed/a.parquet", "");
        foreach ((string path, DbErrorKind kind) in new[] { ("empty", DbErrorKind.NotFound), ("none.csv", DbErrorKind.NotFound), ("a.txt", DbErrorKind.InvalidArgument), ("mixed", DbErrorKind.InvalidArgument) })
        {
            Assert.Equal((path, kind), (path, Assert.Throws<DbConductorException>(() => FileSet.Local(path, [Path.Combine(_folder, path)], null)).Kind));
        }

        Write("part/deeper/c.csv", "id\n");
        Assert.Equal(DbErrorKind.InvalidArgument, Assert.Throws<DbConductorException>(() => FileSet.Local("part", [Path.Combine(_folder, "part")], null)).Kind);
        Assert.Equal(FileSetFormat.Csv, FileSet.Local("a.txt", [Path.Combine(_folder, "a.txt")], FileSetFormat.Csv).Format);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void LeavesNothing(ISparkSession session) => Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));

    private static Dictionary<string, PortableType> Types(params string[] columns) =>
        Spec.Table(columns).Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, JoinInput> Views(FileSet files) => new() { ["f"] = files.ToInput() };

    private static byte[] Gzip(string text)
    {
        using MemoryStream bytes = new();
        using (GZipStream zip = new(bytes, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private FileSet Csv(string name, string text, Encoding? encoding = null) => FileSet.Local(name, [Write(name, text, encoding)], null);

    private FileSet Bytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        return FileSet.Local(name, [Path.Combine(_folder, name)], null);
    }

    private string Write(string name, string text, Encoding? encoding = null)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    /// <summary>Lets Spark itself write a query's rows as files, for which sessions have no words.</summary>
    private static Task WriteAsync(ISparkSession session, string folder, string format, string query) =>
        Task.Run(() => ((LiveSession)session).Spark.Sql($"insert overwrite directory '{folder}' using {format} {query}"));

    private async Task SameAsync(FileSet files, bool byItself)
    {
        string embedded = await EmbeddedAsync(files);
        Assert.Equal(embedded, await ShownAsync(files, byItself ? ByItself : "handed over"));
        LeavesNothing(await spark.SessionAsync());
    }

    private static async Task<string> EmbeddedAsync(FileSet files)
    {
        try
        {
            return await ShowAsync(await files.ToInput().Open(default));
        }
        catch (DbConductorException error)
        {
            return error.Message;
        }
    }

    /// <summary>The rows by way of Spark, or the error's words.</summary>
    private async Task<string> ShownAsync(FileSet files, string way)
    {
        ISparkSession session = await spark.SessionAsync();
        try
        {
            SparkResult result = await session.RunAsync(new SparkQuery(Views(files), "select * from f"), new SparkCall("test"), default);
            Assert.Contains(way, result.Path, StringComparison.Ordinal);
            return await ShowAsync(result.Rows);
        }
        catch (DbConductorException error)
        {
            return error.Message;
        }
    }

    private async Task<object?[][]> RowsAsync(FileSet files)
    {
        ISparkSession session = await spark.SessionAsync();
        await using RowReader rows = (await session.RunAsync(new SparkQuery(Views(files), "select * from f"), new SparkCall("test"), default)).Rows;
        return await rows.ToArrayAsync();
    }

    private async Task<IReadOnlyList<Column>> ColumnsAsync(FileSet files)
    {
        await using RowReader rows = await files.ToInput().Open(default);
        RowWalker walker = new(rows);
        while (await walker.NextAsync(default) != RowStep.End)
        {
        }

        return rows.Columns;
    }

    private static async Task<string> ShowAsync(RowReader rows)
    {
        await using (rows)
        {
            object?[][] all = await rows.ToArrayAsync();
            string columns = string.Join(", ", rows.Columns.Select(c => c.Name));
            return string.Join('\n', all.Select(row => NestedLoop.Show(row.Concat(new object?[rows.Columns.Count - row.Length]).Select(v => v is DateTime time ? time.ToString("O") : v))).Order(StringComparer.Ordinal).Prepend(columns));
        }
    }
}
