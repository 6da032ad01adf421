using Xunit;

namespace DbConductor.Tests.Rows;

public sealed class ConvertingRowsTests
{
    [Fact]
    public void Text_becomes_the_columns_type_and_the_empty_text_null_except_in_text()
    {
        using ConvertingRows rows = Convert(["name:string(3)", "alt:int"], ["name:string", "alt:string"], ["abc", "42"], ["", ""]);

        Assert.True(rows.Read());
        Assert.Equal("abc", rows.GetString(0));
        Assert.False(rows.IsDBNull(1));
        Assert.Equal(42, rows.GetInt32(1));
        Assert.True(rows.Read());
        Assert.False(rows.IsDBNull(0));
        Assert.Equal("", rows.GetString(0));
        Assert.True(rows.IsDBNull(1));
        Assert.Equal(DBNull.Value, rows.GetValue(1));
        Assert.False(rows.Read());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_misfit_names_row_column_and_type_and_never_the_value(int getter)
    {
        using ConvertingRows rows = Convert(["name:string", "alt:int"], ["name:string", "alt:string"], ["a", "1"], ["b", "sesame"]);
        rows.Read();
        rows.Read();

        DbConductorException error = Assert.Throws<DbConductorException>(() => getter == 0 ? rows.GetValue(1) : rows.GetInt32(1));

        Assert.Equal(DbErrorKind.InvalidData, error.Kind);
        Assert.Equal(2, error.Row);
        Assert.Equal("alt", error.Column);
        Assert.StartsWith("Row 2, column 'alt': text of 6 characters is not a whole number. ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bool")]
    [InlineData("short")]
    [InlineData("int")]
    [InlineData("long")]
    [InlineData("decimal")]
    [InlineData("decimal(6,2)")]
    [InlineData("double")]
    [InlineData("date")]
    [InlineData("time")]
    [InlineData("datetime")]
    [InlineData("datetimeoffset")]
    public void Text_is_read_straight_as_the_conversion_of_values_reads_it(string type)
    {
        string[] parts =
        [
            "", "-", "+", "0", "1", "7", "00", "12", "123456789", "999999999999999999", "9223372036854775807", "32768", "2147483648", ".", ".5", "5.", "1.50", "-0.0", "e3", "true", "False", "TRUE",
            " ", "\0", "2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "T", "T12:34", "2013-01-01 05:00:00-05:00", "9999-12-31T23:59:59-14:00", "2024-02-29T23:59:59", "12:34", "23:59:59.1234567", "24:00", "Z", "+02:00", "-14:00", "\u0661", "NaN", ",",
        ];
        Random random = new(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = i < parts.Length ? parts[i] : string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Length)]));
            using ConvertingRows rows = Convert([$"v:{type}"], ["v:string"], [text]);
            Assert.True(rows.Read());
            bool valid = ValueConversion.TryConvert(text, PortableType.Parse(type), out object? expected, out _);

            object? found = null;
            Exception? error = Record.Exception(() => found = rows.IsDBNull(0) ? null : Typed(rows));

            Assert.True(valid == (error is null), $"'{text}': {error}");
            Assert.Equal(expected, found);
            read += found is null ? 0 : 1;
            if (valid && expected is decimal number)
            {
                // its digits behind the point too
                Assert.Equal(decimal.GetBits(number), decimal.GetBits((decimal)found!));
            }

            if (valid && expected is DateTime time)
            {
                Assert.Equal(time.Kind, ((DateTime)found!).Kind);
            }
        }

        Assert.True(read > 10);

        static object Typed(ConvertingRows rows) => rows.Columns[0].Type.Kind switch
        {
            PortableKind.Boolean => rows.GetBoolean(0),
            PortableKind.Int16 => rows.GetInt16(0),
            PortableKind.Int32 => rows.GetInt32(0),
            PortableKind.Int64 => rows.GetInt64(0),
            PortableKind.Decimal => rows.GetDecimal(0),
            PortableKind.Double => rows.GetDouble(0),
            PortableKind.Date => rows.GetFieldValue<DateOnly>(0),
            PortableKind.Time => rows.GetFieldValue<TimeOnly>(0),
            PortableKind.DateTime => rows.GetDateTime(0),
            _ => rows.GetFieldValue<DateTimeOffset>(0),
        };
    }

    [Fact]
    public async Task Equal_types_go_straight_through_unboxed_and_unequal_cells_are_converted_once()
    {
        TestRows source = new((TestRows.Of("i:int", "d:double", "t:string", "m:decimal", "x:string"), [[1, 2.5, "t", 3m, "7"]]));
        await using ConvertingRows rows = Map(source, "i:int", "d:double", "t:string(5)", "m:decimal(5,2)", "x:int");

        Assert.True(await rows.ReadAsync());
        Assert.Equal((1, 2.5, "t", 3m), (rows.GetInt32(0), rows.GetDouble(1), rows.GetString(2), rows.GetDecimal(3)));
        Assert.Equal(4, source.TypedReads);
        Assert.Equal(0, source.ValuesRead);
        Assert.Equal(1, rows.GetFieldValue<int>(0));
        Assert.Equal(3m, rows.GetFieldValue<decimal>(3));
        Assert.Equal(0, source.ValuesRead);
        Assert.False(rows.IsDBNull(4));
        Assert.Equal(7, rows.GetInt32(4));
        Assert.Equal(7, rows.GetValue(4));
        Assert.Equal(7, rows.GetFieldValue<int>(4));
        Assert.Equal(1, source.ValuesRead);
    }

    [Fact]
    public void Whole_numbers_change_size_unboxed_and_never_overflow()
    {
        TestRows source = new((TestRows.Of("a:long", "b:int", "c:long"), [[5L, 6, 7L], [1L << 31, 6, 40000L]]));
        using ConvertingRows rows = Map(source, "a:int", "b:long", "c:short");

        rows.Read();
        Assert.Equal((5, 6L, (short)7), (rows.GetInt32(0), rows.GetInt64(1), rows.GetInt16(2)));
        Assert.Equal(0, source.ValuesRead);
        rows.Read();
        DbConductorException tooLarge = Assert.Throws<DbConductorException>(() => rows.GetInt32(0));
        Assert.Equal("Row 2, column 'a': a value of type long is outside the range of int. Repair the value, or give the column a type that holds it.", tooLarge.Message);
        Assert.Throws<DbConductorException>(() => rows.GetInt16(2));
        Assert.Throws<DbConductorException>(() => rows.GetValue(2));
    }

    [Fact]
    public void Lengths_and_digits_are_checked_even_where_the_types_are_equal()
    {
        TestRows source = new((TestRows.Of("t:string", "m:decimal", "b:binary", "u:string"), [["abcd", 1.234m, new byte[3], "\uD83D"]]));
        using ConvertingRows rows = Map(source, "t:string(3)", "m:decimal(5,2)", "b:binary(2)", "u:string");
        rows.Read();

        Assert.Equal("t", Assert.Throws<DbConductorException>(() => rows.GetString(0)).Column);
        Assert.Equal("t", Assert.Throws<DbConductorException>(() => rows.GetValue(0)).Column);
        Assert.Equal("m", Assert.Throws<DbConductorException>(() => rows.GetDecimal(1)).Column);
        Assert.Equal("m", Assert.Throws<DbConductorException>(() => rows.GetFieldValue<decimal>(1)).Column);
        Assert.Equal("b", Assert.Throws<DbConductorException>(() => rows.GetFieldValue<byte[]>(2)).Column);
        Assert.Equal("u", Assert.Throws<DbConductorException>(() => rows.GetString(3)).Column);
    }

    [Fact]
    public void Texts_that_mean_null_do_so_only_in_the_columns_that_say_so()
    {
        Dictionary<string, IReadOnlyList<string>> nulls = new() { [""] = ["NULL"], ["ALT"] = ["NA", "-"] };
        TestRows source = new((TestRows.Of("country:string", "alt:string", "x:object"), [["NA", "NA", "NA"], ["NULL", "-", "NULL"]]));
        using ConvertingRows rows = new(source, Mappings(source, "country:string", "alt:int", "x:string"), nulls);

        rows.Read();
        Assert.Equal("NA", rows.GetString(0));
        Assert.True(rows.IsDBNull(1));
        Assert.Equal("NA", rows.GetValue(2));
        rows.Read();
        Assert.True(rows.IsDBNull(0));
        Assert.True(rows.IsDBNull(1));
        Assert.True(rows.IsDBNull(2));
    }

    [Theory]
    [InlineData(false, false, false, true)]
    [InlineData(false, true, false, false)]
    [InlineData(true, false, false, false)]
    [InlineData(true, true, true, true)]
    public void Null_is_refused_in_the_key_and_where_a_column_takes_none(bool nullable, bool hasDefault, bool inKey, bool refused)
    {
        foreach ((string type, object? value) in new[] { ("string", (object?)""), ("int", null), ("int", TestRows.Missing) })
        {
            TestRows source = new((TestRows.Of("id:" + type), [[value]]));
            using ConvertingRows rows = new(source, [new(0, new("id", PortableType.Parse("int")) { Nullable = nullable, HasDefault = hasDefault }, inKey)]);
            rows.Read();
            if (!refused)
            {
                Assert.True(rows.IsDBNull(0));
                continue;
            }

            DbConductorException error = Assert.Throws<DbConductorException>(() => rows.IsDBNull(0));
            Assert.Equal((DbErrorKind.Constraint, 1, "id"), (error.Kind, error.Row, error.Column));
            Assert.Throws<DbConductorException>(() => rows.GetValue(0));
        }
    }

    [Fact]
    public async Task A_column_that_appears_on_the_way_is_an_error_that_names_its_row_or_is_left_to_the_caller()
    {
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => ReadRows.AllAsync(new ConvertingRows(Growing(), [new(0, new("a", PortableType.Parse("long")))])));
        Assert.Equal((DbErrorKind.ColumnNotFound, 2, "b"), (error.Kind, error.Row, error.Column));

        List<(string Name, long Row)> seen = [];
        await using ConvertingRows rows = new(Growing(), [new(0, new("a", PortableType.Parse("long")))], null, (column, row) => seen.Add((column.Name, row)));
        List<string> read = await ReadRows.AllAsync(rows);

        Assert.Equal([("b", 2L)], seen);
        Assert.Equal(["columns a long  True", "Int64 1", "columns a long  True", "Int64 2"], read);

        static TestRows Growing() => new((TestRows.Of("a:int"), [[1]]), (TestRows.Of("a:int", "b:int"), [[2, 3]]));
    }

    [Fact]
    public async Task What_the_source_tells_of_itself_is_handed_on_and_the_source_is_disposed()
    {
        TestRows source = new((TestRows.Of("a:int"), [[TestRows.Missing], [1]])) { Fed = true };
        ConvertingRows rows = Map(source, "a:int");

        Assert.True(rows.FedByCaller);
        Assert.Null(rows.RowCount);
        Assert.Equal(2, new ConvertingRows(new BufferedRows(TestRows.Of("a:int"), new object?[][] { [1], [2] }), []).RowCount);
        await rows.ReadAsync();
        Assert.True(rows.IsMissing(0));
        await rows.ReadAsync();
        Assert.False(rows.IsMissing(0));
        Assert.Equal(2, rows.RowNumber);
        await rows.DisposeAsync();
        Assert.True(source.Disposed);
    }

    [Fact]
    public async Task Every_type_at_its_extremes_comes_through_its_own_type_unchanged()
    {
        // half a surrogate pair is the one value that no column takes
        TestRows source = TestRows.Extremes();
        List<string> expected = [.. (await ReadRows.AllAsync(TestRows.Extremes())).Where(r => !r.Contains("string 55357 1", StringComparison.Ordinal) && !r.Contains(" 57067 121", StringComparison.Ordinal))];
        List<string> actual = [];
        await using ConvertingRows rows = new(source, source.Columns.Select((c, i) => new ColumnMapping(i, c)).ToList());
        foreach (bool _ in Enumerable.Repeat(true, 1000).TakeWhile(_ => rows.Read()))
        {
            try
            {
                actual.Add(string.Join(" | ", (await ReadRows.AllAsync(new OneRow(rows))).Skip(1)));
            }
            catch (DbConductorException error)
            {
                Assert.Contains("surrogate", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(expected.Skip(1), actual);
    }

    private static ConvertingRows Convert(string[] target, string[] source, params object?[][] rows) => Map(new((TestRows.Of(source), rows)), target);

    private static ConvertingRows Map(TestRows source, params string[] target) => new(source, Mappings(source, target));

    private static List<ColumnMapping> Mappings(RowReader source, params string[] target) =>
        [.. TestRows.Of(target).Select(c => new ColumnMapping(ColumnNames.Require(source.Columns, c.Name, "The source"), c))];

    /// <summary>The row on which another reader stands.</summary>
    private sealed class OneRow(RowReader rows) : RowReader
    {
        private bool _read;

        public override IReadOnlyList<Column> Columns => rows.Columns;

        public override bool Read() => !_read && (_read = true);

        public override bool IsMissing(int ordinal) => rows.IsMissing(ordinal);

        public override bool IsDBNull(int ordinal) => rows.IsDBNull(ordinal);

        public override object GetValue(int ordinal) => rows.GetValue(ordinal);
    }
}
