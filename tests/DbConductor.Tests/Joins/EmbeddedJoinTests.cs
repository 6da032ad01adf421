using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Joins;

public sealed class EmbeddedJoinTests
{
    public static TheoryData<JoinType, string, long?> Cases()
    {
        TheoryData<JoinType, string, long?> cases = [];
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            foreach (string keys in new[] { "int:int", "long:short", "int:double", "decimal:long", "double:decimal", "float:double", "string:string", "int,string:long,string" })
            {
                cases.Add(type, keys, null);
                cases.Add(type, keys, 0);
            }

            // between: parts fit in memory after one division, or two
            cases.Add(type, "int:int", 3L << 20);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Rows_at_random_are_joined_as_a_nested_loop_joins_them(JoinType type, string keys, long? memory)
    {
        string[] left = keys.Split(':')[0].Split(',');
        string[] right = keys.Split(':')[1].Split(',');
        for (int seed = 0; seed < (memory is null ? 12 : 6); seed++)
        {
            Random random = new(seed);
            // of either side none, few or many; of some seeds many with one and the same key
            object?[][] l = Rows(random, left, seed % 4 == 1 ? 0 : random.Next(1, 60), "l", seed % 6 > 3);
            object?[][] r = Rows(random, right, seed % 4 == 2 ? 0 : random.Next(1, 60), "r", seed % 6 > 3);
            (int, int)[] on = [.. left.Select((_, i) => (i, i))];
            List<string> expected = NestedLoop.Join(l, r, on, type, left.Length + 1, right.Length + 1);

            JoinSpec spec = new([.. left.Select((_, i) => new JoinOn($"k{i}", $"q{i}"))]) { Type = type, MemoryLimitBytes = memory, LeastPartBytes = 0 };
            await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(Stream(left, "k", "a", l), Stream(right, "q", "b", r), spec, default);
            List<string> found = await AllAsync(joined);

            Assert.True(expected.SequenceEqual(found), $"seed {seed}: expected {expected.Count} rows, found {found.Count}\n{string.Join('\n', found.Except(expected).Take(5))}\nmissing\n{string.Join('\n', expected.Except(found).Take(5))}");
            Assert.Equal(memory == 0 && l.Length > 0 && r.Length > 0, joined.SpilledBytes > 0);
        }
    }

    [Fact]
    public async Task What_does_not_fit_in_memory_is_divided_until_it_does()
    {
        const int Left = 60_000;
        const int Right = 40_000;
        string filler = new('x', 100);
        IEnumerable<object?[]> l = Enumerable.Range(0, Left).Select(i => new object?[] { i % 50_000, filler + i });
        IEnumerable<object?[]> r = Enumerable.Range(0, Right).Select(i => new object?[] { (long)i, filler });

        JoinSpec spec = new([new("k", "k")]) { Type = JoinType.Left, MemoryLimitBytes = 4 << 20 };
        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(
            new BufferedRows(TestRows.Of("k:int", "a:string"), l), new BufferedRows(TestRows.Of("k:long", "b:string"), r), spec, default);
        HashSet<string> seen = [];
        int matched = 0;
        while (await joined.ReadAsync(default))
        {
            Assert.True(seen.Add(joined.GetString(1)));
            Assert.Equal(joined.GetInt64(0) < Right, !joined.IsDBNull(2));
            matched += joined.IsDBNull(2) ? 0 : 1;
        }

        Assert.Equal(Left, seen.Count);
        Assert.Equal(Right + (Left - 50_000), matched);
        Assert.InRange(joined.SpilledBytes, 10_000_000, 100_000_000);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    public async Task Columns_that_appear_on_the_way_are_announced_with_the_first_row_that_can_have_them(long? memory)
    {
        TestRows left = new(
            (TestRows.Of("k:int"), [[1], [2]]),
            (TestRows.Of("k:int", "late:string"), [[1, "a"], [3, "b"]]));
        TestRows right = new(
            (TestRows.Of("k:int"), [[1]]),
            (TestRows.Of("k:int", "more:int"), [[3, 7], [2, TestRows.Missing]]));

        JoinSpec spec = new([new("k", "k")]) { MemoryLimitBytes = memory, LeastPartBytes = 0 };
        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(left, right, spec, default);
        RowWalker walker = new(joined);
        List<string> found = [];
        while (await walker.NextAsync(default) is var step && step != RowStep.End)
        {
            if (step == RowStep.Row)
            {
                found.Add(string.Join(' ', Enumerable.Range(0, joined.Columns.Count).Where(i => !joined.IsDBNull(i)).Select(i => $"{joined.Columns[i].Name}={joined.GetValue(i)}")));
            }
        }

        Assert.Equal(["k=1", "k=1 late=a", "k=2", "k=3 late=b more=7"], found.Select(f => f.Replace("more=7 late=b", "late=b more=7", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(3, joined.Columns.Count);
    }

    [Fact]
    public async Task A_key_of_one_name_is_one_column_and_other_names_that_clash_get_a_suffix()
    {
        JoinSpec spec = new([new("id", "ID"), new("x", "y")]) { Type = JoinType.Full };
        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(
            Of("id:int,x:int,name:string,y:string", [1, 5, "l", "m"]), Of("ID:long,y:int,name:string", [1L, 5, "r"], [9L, 6, "s"]), spec, default);

        Assert.Equal(["id long", "x int", "name string", "y string", "y_right int", "name_right string"], joined.Columns.Select(c => $"{c.Name} {c.Type}"));
        Assert.Equal(["Int64 1 | Int32 5 | String l | String m | Int32 5 | String r", "Int64 9 | null | null | null | Int32 6 | String s"], await AllAsync(joined));
    }

    [Fact]
    public async Task Columns_are_picked_renamed_and_ordered()
    {
        JoinSpec spec = new([new("dest", "faa")]) { Type = JoinType.Left, Columns = [new("name", "dest_name"), new("flight", "flight")] };
        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(
            Of("flight:int,dest:string", [1, "IAH"], [2, "BQN"]), Of("faa:string,name:string", ["IAH", "Houston"]), spec, default);

        Assert.Equal(["dest_name", "flight"], joined.Columns.Select(c => c.Name));
        Assert.Equal(["String Houston | Int32 1", "null | Int32 2"], await AllAsync(joined));
    }

    [Theory]
    [InlineData("k:int", "k:string")]
    [InlineData("k:datetime", "k:datetimeoffset")]
    [InlineData("k:guid", "k:string")]
    [InlineData("k:json", "k:json")]
    [InlineData("k:bool", "k:int")]
    public async Task Keys_that_cannot_be_compared_are_an_error_before_any_row_flows(string left, string right)
    {
        TestRows l = new((TestRows.Of(left), [[null]]));
        TestRows r = new((TestRows.Of(right), [[null]]));

        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => new EmbeddedJoin().JoinAsync(l, r, new([new("k", "k")]), default));

        Assert.Equal(DbErrorKind.InvalidType, error.Kind);
        Assert.Contains("cannot be compared", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, true, true), (l.RowsRead, r.RowsRead, l.Disposed, r.Disposed));
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_named_with_those_that_are()
    {
        DbConductorException key = await Assert.ThrowsAsync<DbConductorException>(
            () => new EmbeddedJoin().JoinAsync(Of("a:int"), Of("b:int"), new([new("a", "c")]), default));
        DbConductorException picked = await Assert.ThrowsAsync<DbConductorException>(
            () => new EmbeddedJoin().JoinAsync(Of("a:int"), Of("b:int"), new([new("a", "b")]) { Columns = [new("z", "z")] }, default));
        DbConductorException twice = await Assert.ThrowsAsync<DbConductorException>(
            () => new EmbeddedJoin().JoinAsync(Of("a:int,x:int,x_right:int"), Of("b:int,x:int"), new([new("a", "b")]), default));

        Assert.Equal((DbErrorKind.ColumnNotFound, "c"), (key.Kind, key.Column));
        Assert.Equal((DbErrorKind.ColumnNotFound, "z"), (picked.Kind, picked.Column));
        Assert.Equal((DbErrorKind.InvalidArgument, "x_right"), (twice.Kind, twice.Column));
    }

    [Theory]
    [InlineData("datetime:date", true)]
    [InlineData("object:object", true)]
    [InlineData("datetimeoffset:datetimeoffset", true)]
    [InlineData("string:string", false)]
    public async Task Keys_are_compared_as_what_both_can_be(string types, bool matches)
    {
        (object l, object r) = types switch
        {
            "datetime:date" => new ValueTuple<object, object>(new DateTime(2013, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateOnly(2013, 1, 1)),
            "object:object" => (1.50m, 1.5),
            "datetimeoffset:datetimeoffset" => (new DateTimeOffset(2013, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)), new DateTimeOffset(2013, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            _ => ("a ", "a"),
        };
        string[] kinds = types.Split(':');

        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(Of($"a:{kinds[0]}", [l]), Of($"b:{kinds[1]}", [r]), new([new("a", "b")]), default);

        Assert.Equal(matches, await joined.ReadAsync(default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    public async Task A_join_that_is_left_early_lets_both_sides_go(long? memory)
    {
        TestRows left = new((TestRows.Of("k:int"), [[1], [1], [1]]));
        TestRows right = new((TestRows.Of("k:int"), [[1], [1], [1]]));
        JoinedRows joined = await new EmbeddedJoin().JoinAsync(left, right, new([new("k", "k")]) { MemoryLimitBytes = memory, LeastPartBytes = 0 }, default);
        Assert.True(joined.Read());

        await joined.DisposeAsync();

        Assert.True(left.Disposed && right.Disposed);
    }

    [Fact]
    public async Task Cancelling_stops_the_reading_of_a_side()
    {
        using CancellationTokenSource stop = new();
        TestRows left = new((TestRows.Of("k:int"), [[1], [2], [3]])) { OnRow = row => { if (row == 2) { stop.Cancel(); } stop.Token.ThrowIfCancellationRequested(); } };
        await using JoinedRows joined = await new EmbeddedJoin().JoinAsync(left, Of("k:int", [1], [2], [3]), new([new("k", "k")]), default);

        await Assert.ThrowsAsync<OperationCanceledException>(async () => { while (await joined.ReadAsync(stop.Token)) { } });
    }

    private static BufferedRows Of(string columns, params object?[][] rows) => new(TestRows.Of(columns.Split(',')), rows);

    private static BufferedRows Stream(string[] types, string key, string name, object?[][] rows) =>
        new(TestRows.Of([.. types.Select((t, i) => $"{key}{i}:{t}"), $"{name}:string"]), rows);

    private static object?[][] Rows(Random random, string[] types, int count, string name, bool skewed) =>
        [.. Enumerable.Range(0, count).Select(i => types.Select(t => random.Next(8) == 0 ? null : Key(t, skewed && random.Next(4) > 0 ? 3 : random.Next(40))).Append($"{name}{i}").ToArray())];

    /// <summary>A value of a type, equal across types where it can be.</summary>
    private static object Key(string type, int n) => (type, n) switch
    {
        ("int", _) => n,
        ("short", _) => (short)n,
        ("long", 39) => (1L << 53) + 1,
        ("long", _) => (long)n,
        ("float", 38) => float.NaN,
        ("double", 38) => double.NaN,
        ("double", 37) => -0.0,
        ("float", 36) => 0.1f,
        ("double", 36) => 0.1,
        ("decimal", 36) => 0.10m,
        ("double", 39) => 9007199254740992.0,
        ("decimal", 39) => 9007199254740993m,
        ("float", _) => n + 0.5f,
        ("double", _) => n % 2 == 0 ? n : n + 0.5,
        ("decimal", _) => n % 3 == 0 ? n + 0.50m : n + 0.00m,
        _ => n switch { 0 => "", 1 => "a", 2 => "A", 4 => "a ", 5 => "\u00e4", 6 => "a\u0308", 7 => "\U0001F6EB", _ => $"k{n}" },
    };

    private static async Task<List<string>> AllAsync(RowReader rows)
    {
        List<string> found = [];
        while (await rows.ReadAsync(default))
        {
            found.Add(NestedLoop.Show(Enumerable.Range(0, rows.Columns.Count).Select(i => rows.IsDBNull(i) ? null : rows.GetValue(i))));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
