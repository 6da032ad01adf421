using DbConductor.Adapters.MySql;

namespace DbConductor.Benchmarks;

/// <content>The servers of the MySql adapter.</content>
internal static partial class CopyBenchmark
{
    static partial void AddMySql(List<Contestant> contestants)
    {
        foreach ((string name, string variable) in new[] { ("MariaDb", "DBCONDUCTOR_TEST_MARIADB"), ("MySql", "DBCONDUCTOR_TEST_MYSQL") })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } server)
            {
                contestants.Add(new(name, new MySqlAdapterFactory(), RawMySql.In(server), RawMySql.Reset, RawMySql.Load));
            }
        }
    }
}
