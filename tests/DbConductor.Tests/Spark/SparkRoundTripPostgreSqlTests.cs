using System.Globalization;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using DbConductor.Tests.Joins;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>From tables of PostgreSQL through Spark and into tables of PostgreSQL, beside PostgreSQL's own answer.</summary>
[Collection("Spark")]
public sealed class SparkRoundTripPostgreSqlTests(SparkFixture spark, PostgreSqlDatabase database) : IClassFixture<PostgreSqlDatabase>
{
    /// <summary>Rows lie as text on their way: more than a tenth of TPC-H's unit takes long.</summary>
    public static TheoryData<string> Scales() => new(PostgreSqlTpch.Scales.Where(scale => double.Parse(scale, CultureInfo.InvariantCulture) <= 0.1));

    [SkippableTheory]
    [MemberData(nameof(Scales))]
    [Trait("Category", "Tpch")]
    public async Task Every_kind_of_join_of_TPC_H_gives_the_rows_that_PostgreSQL_gives(string scale)
    {
        ISparkSession session = await spark.SessionAsync();
        await PostgreSqlTpch.LoadAsync(database, scale);
        await using IDbAdapter db = await OpenAsync();
        foreach (PostgreSqlTpch join in PostgreSqlTpch.IsLong ? PostgreSqlTpch.All : [PostgreSqlTpch.Odd])
        {
            foreach (JoinType type in Enum.GetValues<JoinType>())
            {
                JoinInput left = JoinInput.OfTable(join.Left, db, join.LeftQuery);
                JoinInput right = JoinInput.OfTable(join.Right, db, join.RightQuery);
                SparkResult result = await session.RunAsync(new SparkJoin(left, right, join.Spec(type)), new SparkCall($"{type} {join.Left}"), default);
                TableName into = new(null, $"joined_{join.Left}_{type}");
                SaveResult saved = await db.SaveAsync(into, result.Rows, new() { CreateTable = true }, default);
                await result.Rows.DisposeAsync();
                string expected = await join.AnswerAsync(db, type);
                Assert.Equal((type, join.Left, expected), (type, join.Left, await PostgreSqlTpch.SumAsync(await db.GetAsync(new(into), default))));
                Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{saved.Rows}:"), expected, StringComparison.Ordinal);
                RowReader embedded = await new EmbeddedJoin().JoinAsync(await db.GetAsync(join.LeftQuery, default), await db.GetAsync(join.RightQuery, default), join.Spec(type), default);
                Assert.Equal((type, join.Left, expected), (type, join.Left, await PostgreSqlTpch.SumAsync(embedded)));
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(session.Info.WorkPath));
    }

    [SkippableFact]
    public async Task Values_of_every_type_go_from_a_table_through_Spark_into_a_table()
    {
        ISparkSession session = await spark.SessionAsync();
        await using IDbAdapter db = await OpenAsync();
        List<string> through = [];
        foreach (IGrouping<string, (string Name, object Value)> type in TypeCases.Names.Select(Named).GroupBy(c => c.Type, c => (c.Name, c.Value)))
        {
            // what PostgreSQL itself has no place for
            (string Name, object Value)[] cases = [.. type.Where(c => !IsBeyond(c.Name))];
            TableName from = new(null, $"from_{through.Count}");
            TableName into = new(null, $"into_{through.Count}");
            await db.CreateAsync(from, Spec.Table(["id int!", $"v {type.Key}"], "id"), default);
            object?[][] rows = [.. cases.Select((c, i) => new object?[] { i, c.Value }), [cases.Length, null]];
            await db.SaveAsync(from, Spec.Rows(["id int!", $"v {type.Key}"], rows), new(), default);
            SparkResult result = await session.RunAsync(
                new SparkJoin(JoinInput.OfTable("from", db, new(from)), JoinInput.OfTable("again", db, new(from) { Columns = [new("id", "again")] }), new([new("id", "again")])), new SparkCall("types"), default);
            await db.SaveAsync(into, result.Rows, new() { CreateTable = true }, default);
            await result.Rows.DisposeAsync();
            object?[][] before = await ReadAsync(from);
            Assert.Equal(rows.Length, before.Length);
            Assert.Equal((type.Key, Show(before)), (type.Key, Show([.. (await ReadAsync(into)).Select(row => row[..2])])));
            through.Add(type.Key);
        }

        Assert.Equal(16, through.Select(t => t.Split('(')[0]).Distinct().Count());

        async Task<object?[][]> ReadAsync(TableName table)
        {
            await using RowReader rows = await db.GetAsync(new BatchQuery(table) { OrderBy = [new("id")] }, default);
            return await rows.ToArrayAsync();
        }
    }

    private static (string Type, string Name, object Value) Named(string name)
    {
        (string type, object value) = TypeCases.Find(name);
        return (type, name, value);
    }

    private static bool IsBeyond(string name) => name.Contains("tick", StringComparison.Ordinal) || name.Contains("NUL", StringComparison.Ordinal)
        || name is "datetime: UTC" or "timespan: greatest" or "datetimeoffset: last tick";

    private static string Show(object?[][] rows) => string.Join('\n', rows.Select(row => NestedLoop.Show(row.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : v))));

    private async Task<IDbAdapter> OpenAsync()
    {
        IDbAdapter db = new PostgreSqlAdapterFactory().Create(database.Profile, new AdapterServices());
        await db.ConnectAsync(default);
        return db;
    }
}
