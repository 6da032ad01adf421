using DbConductor.Tests.Servers;
using Npgsql;
using Xunit;

namespace DbConductor.Tests.Joins;

/// <summary>TPC-H's customer, orders and lineitem in a database of PostgreSQL, and a statement of the tests' own for each join of them.</summary>
internal sealed record PostgreSqlTpch(string Left, string LeftColumns, string LeftKey, string Right, string RightColumns, string RightKey)
{
    private const string Customer = "c_custkey, c_name, c_acctbal, c_mktsegment";
    private const string Orders = "o_orderkey, o_custkey, o_totalprice, o_orderdate, o_orderpriority";
    private const string Lineitem = "l_orderkey, l_linenumber, l_quantity, l_extendedprice, l_shipdate, l_shipmode";

    // nulls, duplicates and skew, which the generator does not make
    private const string OddTables = """
        create table orders_odd as select o_orderkey, case when o_orderkey % 17 = 0 then null when o_orderkey % 10 = 1 then 1 else o_custkey end as o_custkey, o_totalprice, o_orderdate, o_orderpriority from orders;
        insert into orders_odd select * from orders_odd where o_orderkey % 13 = 0;
        create table customer_odd as select case when c_custkey % 29 = 0 then null else c_custkey end as c_custkey, c_name, c_acctbal, c_mktsegment from customer;
        insert into customer_odd select * from customer_odd where c_custkey = 1 or c_custkey % 50 = 0;
        """;

    /// <summary>The scales that a run takes.</summary>
    internal static string[] Scales => (Environment.GetEnvironmentVariable("DBCONDUCTOR_TPCH") ?? "0.01").Split(' ');

    /// <summary>Whether this is a long run.</summary>
    internal static bool IsLong => Environment.GetEnvironmentVariable("DBCONDUCTOR_TPCH") is not null;

    /// <summary>The join whose keys have nulls, duplicates and skew.</summary>
    internal static PostgreSqlTpch Odd { get; } = new("customer_odd", Customer, "c_custkey", "orders_odd", Orders, "o_custkey");

    internal static PostgreSqlTpch[] All { get; } =
        [new("customer", Customer, "c_custkey", "orders", Orders, "o_custkey"), new("orders", Orders, "o_orderkey", "lineitem", Lineitem, "l_orderkey"), Odd];

    internal BatchQuery LeftQuery => new(new(null, Left)) { Columns = Picks(LeftColumns) };

    internal BatchQuery RightQuery => new(new(null, Right)) { Columns = Picks(RightColumns) };

    /// <summary>The join as ours.</summary>
    internal JoinSpec Spec(JoinType type) => new([new(LeftKey, RightKey)]) { Type = type };

    /// <summary>PostgreSQL's own answer.</summary>
    internal async Task<string> AnswerAsync(IDbAdapter db, JoinType type)
    {
        IQueryResults results = await db.QueryAsync(new NativeQuery(Sql(type)), default);
        string answer = await SumAsync((await results.NextAsync(default))!);

        // every order has its lines
        Assert.Equal(type == JoinType.Anti && Left == "orders", answer.StartsWith("0:", StringComparison.Ordinal));
        return answer;
    }

    /// <summary>Rows and the sum of their hashes, which no order changes.</summary>
    internal static async Task<string> SumAsync(RowReader rows)
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

    /// <summary>Makes the tables; skips where there is no generator.</summary>
    internal static async Task LoadAsync(PostgreSqlDatabase database, string scale)
    {
        string? generator = TestbedServer.Find("tpch");
        Skip.If(generator is null, "TPC-H's generator is not beside the repository");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dbconductor-tpch-");
        try
        {
            ThrowawayServer.Run(Path.Combine(generator!, "tpchgen-cli"), "csv", "-s", scale, "-q", "-n", "2", "-T", "customer,orders,lineitem", "-o", folder.FullName);
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

            await ExecuteAsync(connection, OddTables);
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

    private static ColumnPick[] Picks(string columns) => [.. columns.Split(", ").Select(c => new ColumnPick(c, c))];

    private string Sql(JoinType type) => type switch
    {
        JoinType.Semi => $"select {LeftColumns} from {Left} where {LeftKey} in (select {RightKey} from {Right})",
        JoinType.Anti => $"select {LeftColumns} from {Left} where not exists (select from {Right} where {RightKey} = {LeftKey})",
        _ => $"select {LeftColumns}, {RightColumns} from {Left} {type} join {Right} on {LeftKey} = {RightKey}",
    };
}
