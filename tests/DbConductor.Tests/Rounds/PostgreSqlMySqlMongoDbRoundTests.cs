using DbConductor.Adapters.MongoDb;
using DbConductor.Adapters.MySql;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Adapters.Sqlite;
using DbConductor.Files;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Rounds;

/// <summary>
/// TPC-H's tables go round all four databases, each of which makes the table for the next in its own types, and come back to where they began: with the same rows
/// and the same sum of their hashes at every stop. At a small scale; the benchmarks do the same at scale 1.
/// </summary>
[Trait("Category", "Tpch")]
public sealed class PostgreSqlMySqlMongoDbRoundTests(PostgreSqlDatabase postgreSql, MySqlServerDatabase mySql, MongoDbReplicaSet mongoDb)
    : IClassFixture<PostgreSqlDatabase>, IClassFixture<MySqlServerDatabase>, IClassFixture<MongoDbReplicaSet>
{
    private static readonly (string Table, string[] Key, string[] Columns)[] s_tables =
    [
        ("customer", ["c_custkey"],
            ["c_custkey long", "c_name string(25)", "c_address string(40)", "c_nationkey int", "c_phone string(15)", "c_acctbal decimal(15,2)", "c_mktsegment string(10)", "c_comment string"]),
        ("orders", ["o_orderkey"],
            ["o_orderkey long", "o_custkey long", "o_orderstatus string(1)", "o_totalprice decimal(15,2)", "o_orderdate date", "o_orderpriority string(15)", "o_clerk string(15)",
                "o_shippriority int", "o_comment string"]),
        ("lineitem", ["l_orderkey", "l_linenumber"],
            ["l_orderkey long", "l_partkey long", "l_suppkey long", "l_linenumber int", "l_quantity decimal(15,2)", "l_extendedprice decimal(15,2)", "l_discount decimal(15,2)",
                "l_tax decimal(15,2)", "l_returnflag string(1)", "l_linestatus string(1)", "l_shipdate date", "l_commitdate date", "l_receiptdate date", "l_shipinstruct string(25)",
                "l_shipmode string(10)", "l_comment string"]),
    ];

    [SkippableFact]
    public async Task Tables_go_round_all_four_databases_and_come_back_with_equal_checksums()
    {
        string? generator = TestbedServer.Find("tpch");
        Skip.If(generator is null, "TPC-H's generator is not beside the repository");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dbconductor-round-");
        try
        {
            ThrowawayServer.Run(Path.Combine(generator!, "tpchgen-cli"), "csv", "-s", "0.01", "-q", "-n", "2", "-T", "customer,orders,lineitem", "-o", folder.FullName);
            await using IDbAdapter sqlite = await OpenAsync(
                new SqliteAdapterFactory(), new() { Name = "round", Type = "Sqlite", Database = Path.Combine(folder.FullName, "round.db") });
            await using IDbAdapter two = await OpenAsync(new PostgreSqlAdapterFactory(), postgreSql.Profile);
            await using IDbAdapter three = await OpenAsync(new MySqlAdapterFactory(), mySql.Profile);
            await using IDbAdapter four = await OpenAsync(new MongoDbAdapterFactory(), mongoDb.Profile);
            foreach ((string name, string[] key, string[] columns) in s_tables)
            {
                TableSchema schema = Contract.Spec.Table(columns, key);
                await sqlite.CreateAsync(new(null, name), schema, default);
                await using (FileRows file = FileRows.Open(Path.Combine(folder.FullName, name + ".csv"), new()))
                {
                    await sqlite.SaveAsync(new(null, name), file, new(), default);
                }

                RowChecksum began = await SumAsync(sqlite, new(null, name), schema);
                Assert.True(began.Rows >= 1500, $"{name} has {began.Rows} rows");

                IDbAdapter from = sqlite;
                TableName at = new(null, name), next = new(null, name + "_round");
                foreach (IDbAdapter into in new[] { two, three, four, sqlite })
                {
                    await using RowReader rows = await from.GetAsync(new(at) { Deferred = true }, default);
                    SaveResult result = await into.SaveAsync(next, rows, new() { CreateTable = true, Key = key }, default);
                    RowChecksum there = await SumAsync(into, next, schema);
                    Assert.Equal((into.Info.Product, began.Rows, began.ToString()), (into.Info.Product, result.Rows, there.ToString()));
                    (from, at) = (into, next);
                }

                TableSchema came = (await sqlite.DescribeAsync(next, default))!;
                Assert.Equal(schema.Columns.Select(c => $"{c.Name} {c.Type}"), came.Columns.Select(c => $"{c.Name} {c.Type}"));
                Assert.Equal(key, came.Key);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IDbAdapter> OpenAsync(IAdapterFactory factory, AdapterProfile profile)
    {
        IDbAdapter adapter = factory.Create(profile, new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }

    private static async Task<RowChecksum> SumAsync(IDbAdapter db, TableName table, TableSchema schema)
    {
        await using RowReader rows = await db.GetAsync(new(table) { Columns = [.. schema.Columns.Select(c => new ColumnPick(c.Name, c.Name))] }, default);
        RowChecksum sum = new();
        while (await rows.ReadAsync(default))
        {
            sum.Add(rows);
        }

        return sum;
    }
}
