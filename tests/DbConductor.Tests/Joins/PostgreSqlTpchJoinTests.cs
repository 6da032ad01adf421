using System.Globalization;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Tests.Servers;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Joins;

/// <summary>
/// TPC-H's orders, lineitem and customer are joined here row for row as PostgreSQL joins them by a statement of the tests' own: at a small scale in every run, at those that
/// DBCONDUCTOR_TPCH names in a long one.
/// </summary>
[Trait("Category", "Tpch")]
public sealed class PostgreSqlTpchJoinTests(PostgreSqlDatabase database) : IClassFixture<PostgreSqlDatabase>
{
    private const string Customer = "c_custkey, c_name, c_acctbal, c_mktsegment";
    private const string Orders = "o_orderkey, o_custkey, o_totalprice, o_orderdate, o_orderpriority";
    private const string Lineitem = "l_orderkey, l_linenumber, l_quantity, l_extendedprice, l_shipdate, l_shipmode";

    // nulls, duplicates and skew, which the generator does not make
    private const string Odd = """
        create table orders_odd as select o_orderkey, case when o_orderkey % 17 = 0 then null when o_orderkey % 10 = 1 then 1 else o_custkey end as o_custkey, o_totalprice, o_orderdate, o_orderpriority from orders;
        insert into orders_odd select * from orders_odd where o_orderkey % 13 = 0;
        create table customer_odd as select case when c_custkey % 29 = 0 then null else c_custkey end as c_custkey, c_name, c_acctbal, c_mktsegment from customer;
        insert into customer_odd select * from customer_odd where c_custkey = 1 or c_custkey % 50 = 0;
        """;

    private static readonly (string Left, string LeftColumns, string LeftKey, string Right, string RightColumns, string RightKey)[] s_joins =
    [
        ("customer", Customer, "c_custkey", "orders", Orders, "o_custkey"),
        ("orders", Orders, "o_orderkey", "lineitem", Lineitem, "l_orderkey"),
        ("customer_odd", Customer, "c_custkey", "orders_odd", Orders, "o_custkey"),
    ];

    public static TheoryData<string> Scales() => new((Environment.GetEnvironmentVariable("DBCONDUCTOR_TPCH") ?? "0.01").Split(' '));

    [SkippableTheory]
    [MemberData(nameof(Scales))]
    public async Task Every_kind_of_join_gives_the_rows_that_PostgreSQL_gives(string scale)
    {
        string? generator = TestbedServer.Find("tpch");
        Skip.If(generator is null, "TPC-H's generator is not beside the repository");
        await LoadAsync(generator!, scale);
        await using IDbAdapter db = new PostgreSqlAdapterFactory().Create(database.Profile, new AdapterServices());
        await db.ConnectAsync(default);
        foreach ((string left, string leftColumns, string leftKey, string right, string rightColumns, string rightKey) in s_joins)
        {
            foreach (JoinType type in Enum.GetValues<JoinType>())
            {
                JoinSpec spec = new([new(leftKey, rightKey)]) { Type = type };
                BatchQuery l = new(new(null, left)) { Columns = Picks(leftColumns) };
                BatchQuery r = new(new(null, right)) { Columns = Picks(rightColumns) };
                string expected = await SumAsync(await QueryAsync(db, Sql(type, left, leftColumns, leftKey, right, rightColumns, rightKey)));

                // every order has its lines
                Assert.Equal(type == JoinType.Anti && left == "orders", expected.StartsWith("0:", StringComparison.Ordinal));

                // in memory, and with a tenth of what the smaller side takes
                Assert.Equal((type, left, expected), (type, left, await SumAsync(await EmbeddedAsync(db, l, r, spec))));
                long memory = (long)(double.Parse(scale, CultureInfo.InvariantCulture) * (10 << 20));
                Assert.Equal((type, left, expected), (type, left, await SumAsync(await EmbeddedAsync(db, l, r, spec with { MemoryLimitBytes = memory }))));
                await using OpenJoin pushed = await OpenJoin.OpenAsync(JoinInput.OfTable(left, db, l), JoinInput.OfTable(right, db, r), spec, default);
                Assert.True(pushed.IsPushedDown, pushed.Path);
                Assert.Equal((type, left, expected), (type, left, await SumAsync(pushed.Rows)));
            }
        }
    }

    private static string Sql(JoinType type, string left, string leftColumns, string leftKey, string right, string rightColumns, string rightKey) => type switch
    {
        JoinType.Semi => $"select {leftColumns} from {left} where {leftKey} in (select {rightKey} from {right})",
        JoinType.Anti => $"select {leftColumns} from {left} where not exists (select from {right} where {rightKey} = {leftKey})",
        _ => $"select {leftColumns}, {rightColumns} from {left} {type} join {right} on {leftKey} = {rightKey}",
    };

    private static ColumnPick[] Picks(string columns) => [.. columns.Split(", ").Select(c => new ColumnPick(c, c))];

    private static async Task<RowReader> EmbeddedAsync(IDbAdapter db, BatchQuery left, BatchQuery right, JoinSpec spec) =>
        await new EmbeddedJoin().JoinAsync(await db.GetAsync(left, default), await db.GetAsync(right, default), spec, default);

    private static async Task<RowReader> QueryAsync(IDbAdapter db, string sql)
    {
        IQueryResults results = await db.QueryAsync(new NativeQuery(sql), default);
        return (await results.NextAsync(default))!;
    }

    /// <summary>Rows and the sum of their hashes, which no order changes.</summary>
    private static async Task<string> SumAsync(RowReader rows)
    {
        await using (rows)
        {
            RowChecksum sum = new();
            while (await rows.ReadAsync(default))
            {
                sum.Add(rows);
            }

            return sum.ToString();
        }
    }

    private async Task LoadAsync(string generator, string scale)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dbconductor-tpch-");
        try
        {
            ThrowawayServer.Run(Path.Combine(generator, "tpchgen-cli"), "csv", "-s", scale, "-q", "-n", "2", "-T", "customer,orders,lineitem", "-o", folder.FullName);
            await using NpgsqlConnection connection = await database.OpenAsync();
            await ExecuteAsync(connection, """
                drop table if exists customer, orders, lineitem, orders_odd, customer_odd;
                create table customer (c_custkey bigint, c_name text, c_address text, c_nationkey int, c_phone text, c_acctbal numeric(15,2), c_mktsegment text, c_comment text);
                create table orders (o_orderkey bigint, o_custkey bigint, o_orderstatus text, o_totalprice numeric(15,2), o_orderdate date, o_orderpriority text, o_clerk text,
                    o_shippriority int, o_comment text);
                create table lineitem (l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity numeric(15,2), l_extendedprice numeric(15,2),
                    l_discount numeric(15,2), l_tax numeric(15,2), l_returnflag text, l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text,
                    l_shipmode text, l_comment text);
                """);
            foreach (string table in new[] { "customer", "orders", "lineitem" })
            {
                using StreamReader file = File.OpenText(Path.Combine(folder.FullName, table + ".csv"));
                await using TextWriter copy = await connection.BeginTextImportAsync($"copy {table} from stdin (format csv, header)");
                char[] buffer = new char[1 << 16];
                for (int read = await file.ReadAsync(buffer); read > 0; read = await file.ReadAsync(buffer))
                {
                    await copy.WriteAsync(buffer.AsMemory(0, read));
                }
            }

            await ExecuteAsync(connection, Odd);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
