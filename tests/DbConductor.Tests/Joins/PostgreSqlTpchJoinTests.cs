using System.Globalization;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Joins;

/// <summary>
/// TPC-H's orders, lineitem and customer are joined here row for row as PostgreSQL joins them by a statement of the tests' own: at a small scale in every run, at those that
/// DBCONDUCTOR_TPCH names in a long one.
/// </summary>
[Trait("Category", "Tpch")]
public sealed class PostgreSqlTpchJoinTests(PostgreSqlDatabase database) : IClassFixture<PostgreSqlDatabase>
{
    public static TheoryData<string> Scales() => new(PostgreSqlTpch.Scales);

    [SkippableTheory]
    [MemberData(nameof(Scales))]
    public async Task Every_kind_of_join_gives_the_rows_that_PostgreSQL_gives(string scale)
    {
        await PostgreSqlTpch.LoadAsync(database, scale);
        await using IDbAdapter db = new PostgreSqlAdapterFactory().Create(database.Profile, new AdapterServices());
        await db.ConnectAsync(default);
        foreach (PostgreSqlTpch join in PostgreSqlTpch.All)
        {
            foreach (JoinType type in Enum.GetValues<JoinType>())
            {
                JoinSpec spec = join.Spec(type);
                string expected = await join.AnswerAsync(db, type);

                // in memory, and with a tenth of what the smaller side takes
                Assert.Equal((type, join.Left, expected), (type, join.Left, await SumAsync(spec)));
                long memory = (long)(double.Parse(scale, CultureInfo.InvariantCulture) * (10 << 20));
                Assert.Equal((type, join.Left, expected), (type, join.Left, await SumAsync(spec with { MemoryLimitBytes = memory })));
                await using OpenJoin pushed = await OpenJoin.OpenAsync(JoinInput.OfTable(join.Left, db, join.LeftQuery), JoinInput.OfTable(join.Right, db, join.RightQuery), spec, default);
                Assert.True(pushed.IsPushedDown, pushed.Path);
                Assert.Equal((type, join.Left, expected), (type, join.Left, await PostgreSqlTpch.SumAsync(pushed.Rows)));
            }

            async Task<string> SumAsync(JoinSpec spec) => await PostgreSqlTpch.SumAsync(
                await new EmbeddedJoin().JoinAsync(await db.GetAsync(join.LeftQuery, default), await db.GetAsync(join.RightQuery, default), spec, default));
        }
    }
}
