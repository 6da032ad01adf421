using DbConductor.Tests.Rows;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    /// <summary>Pairs of key types that this database compares as the embedded join does; none where it is never asked to join.</summary>
    protected virtual IReadOnlySet<string> JoinedHere { get; } = new HashSet<string>();

    /// <summary>Kinds of joins that it is not asked for.</summary>
    protected virtual IReadOnlySet<JoinType> NotJoinedHere { get; } = new HashSet<JoinType>();

    /// <summary>Whether it is asked only where a primary key serves the join.</summary>
    protected virtual bool JoinsByIndexAlone => false;

    public static TheoryData<string> JoinKeys() => new(
        "int:int", "int:long", "short:long", "long:decimal(18,2)", "decimal(18,2):decimal(18,4)", "decimal:decimal", "double:double", "float:double", "int:double",
        "string:string", "string(20):string", "bool:bool", "date:date", "date:datetime", "datetime:datetime", "datetimeoffset:datetimeoffset", "time:time", "timespan:timespan",
        "guid:guid", "binary(16):binary", "int+string:int+string");

    [SkippableTheory]
    [MemberData(nameof(JoinKeys))]
    public async Task Join_gives_the_same_rows_whether_the_database_or_the_embedded_engine_joins(string keys)
    {
        string[] left = keys.Split(':')[0].Split('+');
        string[] right = keys.Split(':')[1].Split('+');
        Random random = new(keys.Length);
        TableName l = await RandomSideAsync(random, "k", left, 120);
        TableName r = await RandomSideAsync(random, "q", right, 90);
        JoinOn[] on = [.. left.Select((_, i) => new JoinOn($"k{i}", $"q{i}"))];
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            JoinSpec spec = new(on) { Type = type };
            bool isHere = await JoinsAlikeAsync(new(l), new(r) { Where = new NotFilter(Filter.Equal("id", 5)) }, spec);
            Assert.Equal(IsJoinedHere(keys, type) && !JoinsByIndexAlone, isHere);
        }
    }

    [SkippableFact]
    public async Task Join_gives_the_same_columns_under_the_same_names_wherever_it_runs()
    {
        TableName left = await CreateAsync(["id int", "v string", "n decimal(10,2)"], [], [1, "a", 1.5m], [2, "b", null], [null, "c", 2m], [4, null, 3m]);
        TableName right = await CreateAsync(["id int", "v string", "when datetime"], [], [1, "x", new DateTime(2024, 2, 29)], [1, "y", null], [3, "z", null], [null, "n", null]);
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            bool isHere = await JoinsAlikeAsync(new(left), new(right), new([new("id", "id")]) { Type = type });
            Assert.Equal(IsJoinedHere("int:int", type) && !JoinsByIndexAlone, isHere);
            if (type is not (JoinType.Semi or JoinType.Anti))
            {
                JoinSpec picking = new([new("ID", "key")]) { Type = type, Columns = [new("when", "When it was"), new("v_right", "v"), new("key", "k"), new("id", "id")] };
                await JoinsAlikeAsync(new(left), new(right) { Columns = [new("id", "key"), new("v", "v"), new("when", "when")], Where = new CompareFilter("id", CompareOp.Less, 100) }, picking);
            }
        }
    }

    [SkippableFact]
    public async Task Join_by_primary_keys_tells_texts_apart_that_the_database_takes_for_equal()
    {
        TableName left = await CreateAsync(["k string(20)", "v int"], ["k"], ["a", 1], ["B", 2], ["ö", 3], ["d", 4]);
        TableName right = await CreateAsync(["k string(20)", "w int"], ["k"], ["A", 1], ["B", 2], ["o\u0308", 3], ["d", 4]);
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            Assert.Equal(IsJoinedHere("string:string", type), await JoinsAlikeAsync(new(left), new(right), new([new("k", "k")]) { Type = type }));
        }
    }

    [SkippableFact]
    public async Task Join_is_refused_with_the_same_error_wherever_it_runs()
    {
        TableName left = await CreateAsync(["id int", "v string"], [], [1, "a"]);
        TableName right = await CreateAsync(["id int", "v string"], [], [1, "x"]);
        SkipUnless(FixedTypes, "a column has the types of its values");
        await Fails(DbErrorKind.InvalidType, () => OpenAsync(new(left), new(right), new([new("id", "v")])));
        await Fails(DbErrorKind.ColumnNotFound, () => OpenAsync(new(left), new(right), new([new("id", "nope")])));
        await Fails(DbErrorKind.ColumnNotFound, () => OpenAsync(new(left), new(right), new([new("id", "id")]) { Columns = [new("nope", "nope")] }));
        await Fails(DbErrorKind.NotFound, () => OpenAsync(new(left), new(NewName()), new([new("id", "id")])));
        await Fails(DbErrorKind.InvalidArgument, () => OpenAsync(new(left), new(right), new([])));

        async Task OpenAsync(BatchQuery l, BatchQuery r, JoinSpec spec)
        {
            await using OpenJoin join = await OpenJoin.OpenAsync(JoinInput.OfTable("left", Db, l), JoinInput.OfTable("right", Db, r), spec, default);
        }
    }

    [SkippableFact]
    public async Task Join_within_a_transaction_sees_what_it_wrote()
    {
        TableName left = await CreateAsync(["id int", "v string"], ["id"], [1, "a"]);
        TableName right = await CreateAsync(["id int", "w string"], ["id"], [1, "x"], [2, "y"]);
        await using IDbTransaction transaction = await BeginAsync();
        await transaction.SaveAsync(left, Spec.Rows(["id int", "v string"], [2, "b"]), new(), default);
        await using (OpenJoin join = await OpenJoin.OpenAsync(
            JoinInput.OfTable("left", transaction, new(left)), JoinInput.OfTable("right", transaction, new(right)), new([new("id", "id")]), default))
        {
            object?[][] rows = await join.Rows.ToArrayAsync();
            Assert.Equal(JoinedHere.Contains("int:int"), join.IsPushedDown);
            Assert.Equal([[1, "a", "x"], [2, "b", "y"]], rows.OrderBy(row => (int)row[0]!));
        }

        await transaction.RollbackAsync(default);
    }

    [SkippableFact]
    public async Task Join_of_stashes_is_left_to_the_database_only_once_their_rows_were_read_and_gives_the_same()
    {
        StashStore store = new(Db);
        string[] columns = ["id int", "v string(5)", "n decimal(10,2)", "t datetime", "g guid"];
        StashVersion left = await store.SaveAsync(
            NewStash(), Spec.Rows(columns, [1, "a", 1.50m, new DateTime(2024, 1, 2, 3, 4, 5), Guid.NewGuid()], [2, "b", null, null, null], [null, "c", 2m, null, null]), new(), default);
        StashVersion right = await store.SaveAsync(NewStash(), Spec.Rows(["id int", "v string"], [1, "x"], [1, "y"], [3, "z"]), new(), default);
        StashVersion odd = await store.SaveAsync(NewStash(), Spec.Rows(["id int", "v double"], [1, double.NaN], [1, -0.0]), new(), default);
        foreach (JoinType type in Enum.GetValues<JoinType>())
        {
            JoinSpec spec = new([new("id", "id")]) { Type = type };
            (List<string> first, _, string path) = await JoinAsync(new(Db), left, right, spec);
            Assert.Contains(SpeaksSql ? "was not read by this session" : "joins nothing itself", path, StringComparison.Ordinal);
            (List<string> second, bool isHere, _) = await JoinAsync(store, left, right, spec);
            (second, isHere, _) = await JoinAsync(store, left, right, spec);
            Assert.Equal(first[0], second[0]);
            Assert.Equal(first.Skip(1).Order(StringComparer.Ordinal), second.Skip(1).Order(StringComparer.Ordinal));
            Assert.Equal(IsJoinedHere("int:int", type) && !JoinsByIndexAlone, isHere);
            (_, _, _) = await JoinAsync(store, left, odd, spec);
            (_, isHere, _) = await JoinAsync(store, left, odd, spec);
            Assert.False(isHere);
        }

        // its pins are gone, so the version goes
        Assert.True(await store.RemoveAsync(left, null, default));
        await Fails(DbErrorKind.NotFound, () => JoinAsync(store, left, right, new([new("id", "id")])));

        static async Task<(List<string> Rows, bool IsPushedDown, string Path)> JoinAsync(StashStore store, StashVersion l, StashVersion r, JoinSpec spec)
        {
            await using OpenJoin join = await OpenJoin.OpenAsync(store.ForJoin(l, new()), store.ForJoin(r, new()), spec, default);
            return (await ReadRows.AllAsync(join.Rows), join.IsPushedDown, join.Path);
        }
    }

    private bool IsJoinedHere(string keys, JoinType type) => JoinedHere.Contains(keys) && !NotJoinedHere.Contains(type);

    /// <summary>Joins twice and compares.</summary>
    /// <returns>Whether the database did it.</returns>
    private async Task<bool> JoinsAlikeAsync(BatchQuery left, BatchQuery right, JoinSpec spec)
    {
        await using JoinedRows embedded = await new EmbeddedJoin().JoinAsync(await Db.GetAsync(left, default), await Db.GetAsync(right, default), spec, default);
        List<string> expected = await ReadRows.AllAsync(embedded);
        await using OpenJoin join = await OpenJoin.OpenAsync(JoinInput.OfTable("left", Db, left), JoinInput.OfTable("right", Db, right), spec, default);
        List<string> found = await ReadRows.AllAsync(join.Rows);
        Assert.Equal(expected[0], found[0]);
        Assert.True(expected.Count > 1, "the sides have nothing to do with each other");
        Assert.Equal(expected.Skip(1).Order(StringComparer.Ordinal), found.Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal(join.IsPushedDown, join.Path == "join pushed down");
        return join.IsPushedDown;
    }

    /// <summary>A table of keys from few values, so that many match, and among them such as some comparison takes for equal.</summary>
    private Task<TableName> RandomSideAsync(Random random, string prefix, string[] types, int count)
    {
        string[] columns = ["id int", .. types.Select((type, i) => $"{prefix}{i} {type}")];
        return CreateAsync(
            columns,
            ["id"],
            [.. Enumerable.Range(0, count).Select(i => new object?[] { i }.Concat(types.Select(type => random.Next(10) == 0 ? null : Key(PortableType.Parse(type), random))).ToArray())]);
    }

    private object Key(PortableType type, Random random)
    {
        int n = random.Next(12);
        switch (type.Kind)
        {
            case PortableKind.Boolean:
                return n % 2 == 0;
            case PortableKind.Int16:
                return (short)(n - 4);
            case PortableKind.Int32:
                return n - 4;
            case PortableKind.Int64:
                return (long)n - 4;
            case PortableKind.Decimal:
                return type.Scale == 4 && n == 0 ? 1.2345m : n - 4 + (0.25m * random.Next(2));
            case PortableKind.Single:
                return (n - 4) / 4f;
            case PortableKind.Double:
                return n switch { 0 => -0.0, 1 => 0.1, _ => (n - 4) / 4.0 };
            case PortableKind.String:
                return new[] { "a", "A", "a ", "ä", "a\u0308", "ss", "ß", "1", "01", "", "Z", "z" }[n];
            case PortableKind.Binary:
                return new[] { new byte[] { 1 }, [1, 0], [0x61], [0x41], [0x61, 0x20], [] }[n / 2];
            case PortableKind.Date:
                return new DateOnly(2024, 2, 25 + (n % 4));
            case PortableKind.Time:
                return new TimeOnly(n, 0, 0, 5);
            case PortableKind.DateTime:
                return new DateTime(2024, 2, 25 + (n % 4)).AddHours(n % 2);
            case PortableKind.DateTimeOffset:
                return new DateTimeOffset(2024, 3, 31, 1, 0, 0, TimeSpan.Zero).AddMinutes(30 * n);
            case PortableKind.TimeSpan:
                return TimeSpan.FromMinutes(n - 3);
            default:
                return new Guid(n, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
        }
    }
}
