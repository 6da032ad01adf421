using DbConductor.Adapters.MySql;

namespace DbConductor.Benchmarks;

/// <summary>The servers of the MySql adapter; a build without it has not this file.</summary>
internal static partial class CopyBenchmark
{
    static partial void AddMySql(List<Func<Task<Figure>>> contests)
    {
        foreach ((string name, string variable) in new[] { ("MariaDb", "DBCONDUCTOR_TEST_MARIADB"), ("MySql", "DBCONDUCTOR_TEST_MYSQL") })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } server)
            {
                contests.Add(() =>
                {
                    string connectionString = RawMySql.In(server);
                    return RunAsync(
                        name, new MySqlAdapterFactory(), new Secret(connectionString), () => RawMySql.Execute(connectionString, RawMySql.Create),
                        () => RawMySql.Load(connectionString, new BenchRows(Rows)));
                });
            }
        }
    }
}
