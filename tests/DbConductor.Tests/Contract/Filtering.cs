using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    private static readonly string[] People = ["id int", "name string", "age int"];

    private Task<TableName> CreatePeopleAsync() => CreateAsync(
        People, [], [1, "Ann", 30], [2, "bob", 20], [3, null, null], [4, "100% sure", 40], [5, "a_b", null], [6, "", 0]);

    private async Task<IEnumerable<int>> Ids(TableName table, Filter? filter)
    {
        int[] ids = [.. (await RowsOf(table, "id", filter)).Select(row => (int)row[0]!)];
        Assert.Equal(ids.Length, await Db.CountAsync(table, filter, default));
        return ids;
    }

    private static CompareFilter Age(CompareOp op, object value) => new("age", op, value);

    [SkippableFact]
    public async Task Filter_comparisons_are_two_valued()
    {
        TableName table = await CreatePeopleAsync();

        Assert.Equal([1], await Ids(table, Age(CompareOp.Equal, 30)));
        Assert.Equal([2, 3, 4, 5, 6], await Ids(table, Age(CompareOp.NotEqual, 30)));
        Assert.Equal([2, 6], await Ids(table, Age(CompareOp.Less, 30)));
        Assert.Equal([1, 2, 6], await Ids(table, Age(CompareOp.LessOrEqual, 30)));
        Assert.Equal([4], await Ids(table, Age(CompareOp.Greater, 30)));
        Assert.Equal([1, 4], await Ids(table, Age(CompareOp.GreaterOrEqual, 30)));

        Assert.Equal([1, 3, 4, 5], await Ids(table, new NotFilter(Age(CompareOp.Less, 30))));
        Assert.Equal([1], await Ids(table, new NotFilter(Age(CompareOp.NotEqual, 30))));
        Assert.Equal([2, 3, 4, 5, 6], await Ids(table, new NotFilter(Age(CompareOp.Equal, 30))));
        Assert.Equal([2, 6], await Ids(table, new NotFilter(new NotFilter(Age(CompareOp.Less, 30)))));
    }

    [SkippableFact]
    public async Task Filter_for_null()
    {
        TableName table = await CreatePeopleAsync();

        Assert.Equal([3, 5], await Ids(table, Filter.Equal("age", null)));
        Assert.Equal([1, 2, 4, 6], await Ids(table, new NullFilter("age", Negated: true)));
        Assert.Equal([1, 2, 4, 6], await Ids(table, new NotFilter(new NullFilter("age"))));
        Assert.Equal([6], await Ids(table, Filter.Equal("name", "")));
        Assert.Equal([3], await Ids(table, Filter.Equal("name", null)));
    }

    [SkippableFact]
    public async Task Filter_by_list()
    {
        TableName table = await CreatePeopleAsync();

        Assert.Equal([1, 2], await Ids(table, new InFilter("age", [30, "20", 999])));
        Assert.Equal([1, 3, 5], await Ids(table, new InFilter("age", [30, null])));
        Assert.Equal([3, 5], await Ids(table, new InFilter("age", [null])));
        Assert.Equal([], await Ids(table, new InFilter("age", [])));
        Assert.Equal([3, 4, 5, 6], await Ids(table, new InFilter("age", [30, 20], Negated: true)));
        Assert.Equal([4, 6], await Ids(table, new InFilter("age", [30, 20, null], Negated: true)));
        Assert.Equal([1, 2, 4, 6], await Ids(table, new InFilter("age", [null], Negated: true)));
        Assert.Equal([1, 2, 3, 4, 5, 6], await Ids(table, new InFilter("age", [], Negated: true)));
        Assert.Equal([3, 4, 5, 6], await Ids(table, new NotFilter(new InFilter("age", [30, 20]))));
        Assert.Equal([1, 2], await Ids(table, new NotFilter(new InFilter("age", [30, 20], Negated: true))));
    }

    [SkippableFact]
    public async Task Filter_by_a_list_of_thousands()
    {
        TableName table = await CreatePeopleAsync();

        Assert.Equal([1, 2, 4], await Ids(table, new InFilter("age", [.. Enumerable.Range(1, 20_000).Cast<object?>()])));
    }

    [SkippableFact]
    public async Task Filter_combined()
    {
        TableName table = await CreatePeopleAsync();
        Filter young = Age(CompareOp.Less, 30);
        Filter named = new NullFilter("name", Negated: true);

        Assert.Equal([2, 6], await Ids(table, Filter.All(young, named)));
        Assert.Equal([3, 5], await Ids(table, new AndFilter([new NotFilter(young), new NullFilter("age")])));
        Assert.Equal([1, 2, 6], await Ids(table, new OrFilter([young, Filter.Equal("name", "Ann")])));
        Assert.Equal([3], await Ids(table, new NotFilter(new OrFilter([named, young]))));
        Assert.Equal([1, 3, 4, 5], await Ids(table, new NotFilter(new AndFilter([young, named]))));
        Assert.Equal([1, 2, 3, 4, 5, 6], await Ids(table, Filter.All()));
        Assert.Equal([], await Ids(table, new OrFilter([])));
        Assert.Equal([1, 2, 3, 4, 5, 6], await Ids(table, new ConstantFilter(true)));
        Assert.Equal([], await Ids(table, new ConstantFilter(false)));
        Assert.Equal([], await Ids(table, new NotFilter(new AndFilter([]))));
        Assert.Equal([2], await Ids(table, new AndFilter([new OrFilter([young, named]), new NotFilter(new OrFilter([Filter.Equal("age", 0), Age(CompareOp.GreaterOrEqual, 30), new NullFilter("age")]))])));
    }

    [SkippableFact]
    public async Task Filter_by_wildcards_takes_percent_and_underscore_as_plain()
    {
        TableName table = await CreateAsync(
            ["id int", "name string"], [],
            [1, "100% sure"], [2, "100 sure"], [3, "a_b"], [4, "axb"], [5, "a\\b"], [6, "a*b"], [7, "a[b"], [8, "a'b"], [9, null], [10, ""], [11, "\U0001F642b"], [12, "x\ny"]);

        Task<IEnumerable<int>> Like(string pattern, bool negated = false) => Ids(table, new LikeFilter("name", new WildcardText(pattern), negated));

        Assert.Equal([1], await Like("100%*"));
        Assert.Equal([1, 2], await Like("100*sure"));
        Assert.Equal([3], await Like("a_b"));
        Assert.Equal([3, 4, 5, 6, 7, 8], await Like("a?b"));
        Assert.Equal([5], await Like("a\\b"));
        Assert.Equal([6], await Like("a`*b"));
        Assert.Equal([7], await Like("a`[b"));
        Assert.Equal([8], await Like("a'b"));
        Assert.Equal([3, 4], await Like("a[_w-y]b"));
        Assert.Equal([10], await Like(""));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12], await Like("*"));
        Assert.Equal([12], await Like("x*y"));
        Assert.Equal([], await Like("a"));
        Assert.Equal([1, 2, 9, 10, 11, 12], await Like("a?b", negated: true));
        Assert.Equal([1, 2, 9, 10, 11, 12], await Ids(table, new NotFilter(new LikeFilter("name", new WildcardText("a?b")))));
        Assert.Equal([1, 2, 5, 6, 7, 8, 9, 10, 11, 12], await Like("a[_w-y]b", negated: true));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12], await Like("", negated: true));
    }

    [SkippableFact]
    public async Task Filter_minds_case_as_it_is_told()
    {
        TableName table = await CreateAsync(["id int", "name string"], [], [1, "Ann"], [2, "ANN"], [3, "\u00c9clair"], [4, "\u00e9clair"], [5, null]);
        WildcardText an = new("an*");

        Assert.Equal([1], await Ids(table, new CompareFilter("name", CompareOp.Equal, "Ann", TextMatch.Exact)));
        Assert.Equal([1, 2], await Ids(table, new CompareFilter("name", CompareOp.Equal, "ann", TextMatch.IgnoreCase)));
        Assert.Equal([3, 4], await Ids(table, new CompareFilter("name", CompareOp.Equal, "\u00c9CLAIR", TextMatch.IgnoreCase)));
        Assert.Equal([3, 4, 5], await Ids(table, new CompareFilter("name", CompareOp.NotEqual, "ann", TextMatch.IgnoreCase)));
        Assert.Equal([2, 3, 4, 5], await Ids(table, new CompareFilter("name", CompareOp.NotEqual, "Ann", TextMatch.Exact)));
        Assert.Equal([1, 2, 3, 4], await Ids(table, new InFilter("name", ["aNN", "\u00e9CLAIR"], Match: TextMatch.IgnoreCase)));
        Assert.Equal([2, 4], await Ids(table, new InFilter("name", ["ANN", "\u00e9clair"], Match: TextMatch.Exact)));
        Assert.Equal([5], await Ids(table, new InFilter("name", ["ann", "\u00c9clair"], Negated: true, TextMatch.IgnoreCase)));
        Assert.Equal([1, 2], await Ids(table, new LikeFilter("name", an, Match: TextMatch.IgnoreCase)));
        Assert.Equal([], await Ids(table, new LikeFilter("name", an, Match: TextMatch.Exact)));
        Assert.Equal([2], await Ids(table, new LikeFilter("name", new WildcardText("[A-B]N?"), Match: TextMatch.Exact)));
        Assert.Equal([1, 2], await Ids(table, new LikeFilter("name", new WildcardText("[a-b]n?"), Match: TextMatch.IgnoreCase)));
        Assert.Equal([3, 4, 5], await Ids(table, new LikeFilter("name", an, Negated: true, TextMatch.IgnoreCase)));
    }

    [SkippableFact]
    public async Task Filter_without_a_word_on_case_compares_as_the_column_does()
    {
        TableName table = await CreateAsync(["id int", "name string"], [], [1, "Ann"], [2, "ANN"]);
        int columnDoes = (await SqlAsync(Db, Words.Select(table, ["id"], where: "name"), new() { ["value"] = "ann" })).Length;

        Assert.Equal(columnDoes, (await Ids(table, Filter.Equal("name", "ann"))).Count());
        Assert.Equal(columnDoes, (await Ids(table, new InFilter("name", ["ann"]))).Count());
        Assert.Equal(columnDoes, (await Ids(table, new LikeFilter("name", new WildcardText("a*")))).Count());
        Assert.Equal([1], (await Ids(table, Filter.Equal("name", "Ann"))).Take(1));
    }

    [SkippableFact]
    public async Task Filter_on_a_column_that_is_not_there_is_refused_by_name()
    {
        TableName table = await CreatePeopleAsync();
        foreach (Filter filter in new Filter[]
        {
            Filter.Equal("nope", 1), Filter.Equal("nope", null), new InFilter("nope", []), new LikeFilter("nope", new WildcardText("*")),
            new NotFilter(new AndFilter([Filter.Equal("nope", 1)])),
        })
        {
            foreach (Func<Task> call in new Func<Task>[]
            {
                () => RowsOf(table, "id", filter), () => Db.CountAsync(table, filter, default), () => Db.DeleteAsync(table, filter, default),
                () => Db.UpdateAsync(table, filter, new Dictionary<string, object?> { ["age"] = 1 }, default),
            })
            {
                DbConductorException error = await Fails(DbErrorKind.ColumnNotFound, call);
                Assert.Equal("nope", error.Column);
            }
        }

        Assert.Equal(6, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Filter_with_a_value_that_cannot_be_of_the_columns_type_is_refused()
    {
        TableName table = await CreatePeopleAsync();

        DbConductorException error = await Fails(DbErrorKind.InvalidData, () => RowsOf(table, "id", Filter.Equal("age", "old")));
        Assert.Equal("age", error.Column);
        error = await Fails(DbErrorKind.InvalidData, () => Db.DeleteAsync(table, new InFilter("age", [1, "old"]), default));
        Assert.Equal("age", error.Column);
        error = await Fails(DbErrorKind.InvalidType, () => RowsOf(table, "id", new CompareFilter("age", CompareOp.Less, new DateOnly(2024, 1, 1))));
        Assert.Equal("age", error.Column);
        Assert.Equal(6, await Db.CountAsync(table, null, default));
    }
}
