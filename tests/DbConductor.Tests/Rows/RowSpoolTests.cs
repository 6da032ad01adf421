using Xunit;

namespace DbConductor.Tests.Rows;

public sealed class RowSpoolTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(100_000, false)]
    [InlineData(long.MaxValue, false)]
    [InlineData(long.MaxValue, true)]
    public async Task Every_type_at_its_extremes_comes_back_as_it_was(long memory, bool sync)
    {
        List<string> expected = await ReadRows.AllAsync(TestRows.Extremes());

        await using RowReader spooled = await RowSpool.SpoolAsync(TestRows.Extremes(), memory, default);

        Assert.Equal(expected, await ReadRows.AllAsync(spooled, sync));
        Assert.Equal(expected.Count - 1, spooled.RowCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task Columns_that_appear_on_the_way_appear_again_where_they_did(long memory)
    {
        List<string> expected = await ReadRows.AllAsync(Growing());

        await using RowReader spooled = await RowSpool.SpoolAsync(Growing(), memory, default);

        Assert.Equal(expected, await ReadRows.AllAsync(spooled));
        Assert.Equal(5, spooled.RowCount);
        Assert.False(spooled.FedByCaller);

        static TestRows Growing() => new(
            ([], [[], []]),
            (TestRows.Of("a:int"), [[1]]),
            (TestRows.Of("a:int", "b:decimal(18,4)"), []),
            ([new("a", PortableType.Parse("int")), new("b", PortableType.Parse("decimal(18,4)")), new("c", PortableType.Parse("string(5)")) { NativeType = "varchar", Nullable = false, Collation = "C" }], [[1, 2m, "x"], [TestRows.Missing, null, "y"]]))
        { Fed = true };
    }

    [Fact]
    public async Task The_rest_of_a_reader_on_its_way_can_be_put_aside()
    {
        await using TestRows source = new((TestRows.Of("a:int"), [[1], [2], [3]]), (TestRows.Of("a:int", "b:int"), [[4, 5]]));
        source.Read();

        await using RowReader rest = await RowSpool.SpoolAsync(source, 0, default);

        Assert.False(source.Disposed);
        Assert.Equal(3, rest.RowCount);
        Assert.Equal(["columns a int  True", "Int32 2", "Int32 3", "columns a int  True, b int  True", "Int32 4 | Int32 5"], await ReadRows.AllAsync(rest));
    }

    [Fact]
    public async Task Typed_getters_give_the_same_without_boxing()
    {
        DateTimeOffset instant = new(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(13));
        Guid id = Guid.NewGuid();
        TestRows source = new((
            TestRows.Of("a:bool", "b:short", "c:int", "d:long", "e:decimal", "f:float", "g:double", "h:string", "i:date", "j:time", "k:datetime", "l:datetimeoffset", "m:timespan", "n:guid"),
            [[true, (short)-2, 3, 4L, 5.0m, 6f, 7.0, "8", new DateOnly(2024, 1, 1), new TimeOnly(5, 7), instant.UtcDateTime, instant, TimeSpan.MaxValue, id]]));

        await using RowReader rows = await RowSpool.SpoolAsync(source, long.MaxValue, default);

        Assert.True(rows.Read());
        Assert.Equal((true, (short)-2, 3, 4L), (rows.GetBoolean(0), rows.GetInt16(1), rows.GetInt32(2), rows.GetInt64(3)));
        Assert.Equal((5.0m, 6f, 7.0, "8"), (rows.GetDecimal(4), rows.GetFloat(5), rows.GetDouble(6), rows.GetString(7)));
        Assert.Equal((new DateOnly(2024, 1, 1), new TimeOnly(5, 7)), (rows.GetFieldValue<DateOnly>(8), rows.GetFieldValue<TimeOnly>(9)));
        Assert.Equal((instant.UtcDateTime, instant), (rows.GetDateTime(10), rows.GetFieldValue<DateTimeOffset>(11)));
        Assert.Equal((TimeSpan.MaxValue, id), (rows.GetFieldValue<TimeSpan>(12), rows.GetGuid(13)));
        Assert.Equal((3, 4L, 5.0m), (rows.GetFieldValue<int>(2), rows.GetFieldValue<long>(3), rows.GetFieldValue<decimal>(4)));
        Assert.Throws<InvalidCastException>(() => rows.GetInt32(3));

        long before = GC.GetAllocatedBytesForCurrentThread();
        long sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum += rows.GetInt32(2) + rows.GetInt64(3) + (long)rows.GetDouble(6) + rows.GetFieldValue<DateOnly>(8).Day + rows.GetFieldValue<int>(2);
        }

        Assert.Equal(18_000, sum);
#if !DEBUG
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
#else
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
#endif
    }

    [Fact]
    public async Task The_temporary_file_is_nobody_elses_and_goes_with_the_process()
    {
        SpoolStream stream = new(10);
        await stream.WriteAsync(new byte[5]);
        Assert.Null(stream.FilePath);
        await stream.WriteAsync(new byte[6]);
        string path = Assert.IsType<string>(stream.FilePath);

        // without a name it goes with the process, whatever ends that; Windows takes it away when its last handle closes
        Assert.Equal(OperatingSystem.IsWindows(), File.Exists(path));
        Assert.Equal(11, stream.Length);
        await stream.DisposeAsync();
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_or_a_cancellation_leaves_no_file(bool cancelled)
    {
        using CancellationTokenSource cancel = new();
        await using SpoolStream stream = new(0);
        string? path = null;
        TestRows source = new((TestRows.Of("a:string"), Enumerable.Range(0, 5000).Select(_ => new object?[] { new string('x', 100) }).ToArray()))
        {
            OnRow = row =>
            {
                if (row < 4000)
                {
                    return;
                }

                path = stream.FilePath;
                Assert.Equal(OperatingSystem.IsWindows(), File.Exists(path));
                if (!cancelled)
                {
                    throw new InvalidOperationException("the source broke");
                }

                cancel.Cancel();
            },
        };

        Exception? error = await Record.ExceptionAsync(() => RowSpool.SpoolAsync(source, stream, cancel.Token));

        Assert.True(cancelled ? error is OperationCanceledException : error is InvalidOperationException, error?.ToString());
        Assert.NotNull(path);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Stored_rows_that_were_cut_or_damaged_are_refused()
    {
        using MemoryStream whole = new();
        await new RowStreamWriter(whole).WriteAllAsync(new TestRows((TestRows.Of("a:int", "b:string"), [[1, "x"], [2, "y"]])), default);
        byte[] bytes = whole.ToArray();
        Assert.Equal(3, (await ReadRows.AllAsync(await OpenAsync(bytes))).Count);

        for (int length = 0; length < bytes.Length; length++)
        {
            DbConductorException cut = await Assert.ThrowsAsync<DbConductorException>(async () => await ReadRows.AllAsync(await OpenAsync(bytes[..length])));
            Assert.Equal(DbErrorKind.InvalidData, cut.Kind);
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 0xFF;
            Exception? error = await Record.ExceptionAsync(async () => await ReadRows.AllAsync(await OpenAsync(damaged)));
            Assert.True(error is null or DbConductorException, $"byte {i}: {error}");
        }

        static Task<RowStreamReader> OpenAsync(byte[] bytes) => RowStreamReader.OpenAsync(new MemoryStream(bytes), null, default);
    }

    [Fact]
    public async Task A_value_of_a_type_that_no_column_has_is_refused()
    {
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(
            () => RowSpool.SpoolAsync(new TestRows((TestRows.Of("a"), [[new Uri("http://localhost")]])), 0, default));

        Assert.Equal((DbErrorKind.InvalidType, "a"), (error.Kind, error.Column));
    }
}
