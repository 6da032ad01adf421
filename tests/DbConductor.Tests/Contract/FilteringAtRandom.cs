using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    /// <summary>Filters made at random find the rows that a plain reading of the filter in C# finds.</summary>
    [SkippableFact]
    public async Task Filter_at_random_finds_the_rows_that_its_words_say()
    {
        bool nan = !Refused.Contains("double: NaN");
        bool infinite = !Refused.Contains("double: infinity");
        RandomFilters random = new(seed: 20130101, TimeResolution);
        object?[][] rows = [.. Enumerable.Range(1, 60).Select(id => random.Row(id, nan, infinite))];
        TableName table = await CreateAsync(RandomFilters.Columns, [], rows);

        // whether the column's own comparison is exact: databases differ, and the tests of case say how
        random.OwnMatchIsExact = await IsExactAsync();
        HashSet<int> sizes = [];
        for (int i = 0; i < 400; i++)
        {
            Filter filter = random.Filter(depth: 3);
            int[] expected = [.. rows.Where(row => FilterReading.Holds(filter, row)).Select(row => (int)row[0]!)];

            int[] found = [.. await Ids(table, filter)];

            Assert.True(expected.SequenceEqual(found), $"tree {i}: {FilterReading.Describe(filter)}\nexpected {string.Join(',', expected)}\nfound    {string.Join(',', found)}");
            sizes.Add(found.Length);
        }

        Assert.True(sizes.Count > 20, "the filters tell too few rows apart to test anything");
    }

    private async Task<bool> IsExactAsync()
    {
        TableName table = await CreateAsync(["id int", "s string"], [], [1, "a"], [2, "A"], [3, "a "], [4, "\u00e4"]);
        return (await Ids(table, Filter.Equal("s", "a"))).SequenceEqual([1])
            && (await Ids(table, new CompareFilter("s", CompareOp.Greater, "A"))).SequenceEqual([1, 3, 4]);
    }
}
