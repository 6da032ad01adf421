using DbConductor.Adapters.PostgreSql;
using DbConductor.Adapters.Sqlite;

namespace DbConductor.Benchmarks;

/// <summary><c>copy</c>: a row stream into a table, against a hand-written loop over the raw driver's bulk path.</summary>
internal static partial class CopyBenchmark
{
    private const long Rows = 1_000_000;
    private static readonly TableName Table = new(null, "bench");

    public static async Task<IReadOnlyList<Figure>> RunAsync(string? postgreSql, string sqliteFile)
    {
        List<Figure> figures = [];
        string sqlite = $"Data Source={sqliteFile}";
        figures.Add(await RunAsync(
            "Sqlite", new SqliteAdapterFactory(), new Secret(sqlite), () => RawSqlite.Execute(sqlite, RawSqlite.Create), () => RawSqlite.Load(sqlite, new BenchRows(Rows)))
            .ConfigureAwait(false));
        if (postgreSql is not null)
        {
            figures.Add(await RunAsync(
                "PostgreSql", new PostgreSqlAdapterFactory(), new Secret(postgreSql), () => RawPostgreSql.Execute(postgreSql, RawPostgreSql.Create),
                () => RawPostgreSql.Load(postgreSql, new BenchRows(Rows))).ConfigureAwait(false));
        }

        List<Func<Task<Figure>>> more = [];
        AddMySql(more);
        foreach (Func<Task<Figure>> contest in more)
        {
            figures.Add(await contest().ConfigureAwait(false));
        }

        return figures;
    }

    static partial void AddMySql(List<Func<Task<Figure>>> contests);

    private static async Task<Figure> RunAsync(string type, IAdapterFactory factory, Secret connectionString, Action reset, Func<long> raw)
    {
        IDbAdapter adapter = factory.Create(new AdapterProfile { Name = "bench", Type = type, ConnectionString = connectionString }, new AdapterServices());
        await using (adapter.ConfigureAwait(false))
        {
            await adapter.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
            return await Contest.RunAsync(
                "copy", type, Rows, reset,
                async () => (await adapter.SaveAsync(Table, new BenchRows(Rows), new SaveOptions(), CancellationToken.None).ConfigureAwait(false)).Rows,
                () => Task.FromResult(raw())).ConfigureAwait(false);
        }
    }
}
