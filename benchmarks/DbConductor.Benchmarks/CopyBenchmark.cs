using DbConductor.Adapters.PostgreSql;
using DbConductor.Adapters.Sqlite;

namespace DbConductor.Benchmarks;

/// <summary><c>copy</c>: a row stream into a table, against a hand-written loop over the raw driver's bulk path.</summary>
internal static partial class CopyBenchmark
{
    private static readonly TableName Table = new(null, "bench");

    public static async Task<IReadOnlyList<Figure>> RunAsync(string? postgreSql, string sqliteFile)
    {
        List<Contestant> contestants = [new("Sqlite", new SqliteAdapterFactory(), $"Data Source={sqliteFile}", RawSqlite.Reset, RawSqlite.Load)];
        if (postgreSql is not null)
        {
            contestants.Add(new("PostgreSql", new PostgreSqlAdapterFactory(), postgreSql, RawPostgreSql.Reset, RawPostgreSql.Load));
        }

        AddMySql(contestants);
        AddMongoDb(contestants);
        List<Figure> figures = [];
        foreach (Contestant contestant in contestants)
        {
            figures.Add(await RunAsync(contestant).ConfigureAwait(false));
        }

        return figures;
    }

    // adapters whose packages not every machine has: a build without one lacks the file too
    static partial void AddMySql(List<Contestant> contestants);

    static partial void AddMongoDb(List<Contestant> contestants);

    private static async Task<Figure> RunAsync(Contestant one)
    {
        AdapterProfile profile = new() { Name = "bench", Type = one.Name, ConnectionString = new Secret(one.ConnectionString) };
        IDbAdapter adapter = one.Factory.Create(profile, new AdapterServices());
        await using (adapter.ConfigureAwait(false))
        {
            await adapter.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
            return await Contest.RunAsync(
                "copy", one.Name, one.Rows, () => one.Reset(one.ConnectionString),
                async () => (await adapter.SaveAsync(Table, new BenchRows(one.Rows), new SaveOptions(), CancellationToken.None).ConfigureAwait(false)).Rows,
                () => Task.FromResult(one.Load(one.ConnectionString, new BenchRows(one.Rows)))).ConfigureAwait(false);
        }
    }

    /// <summary>A database, our adapter for it, and the hand-written loop beside it.</summary>
    private sealed record Contestant(string Name, IAdapterFactory Factory, string ConnectionString, Action<string> Reset, Func<string, RowReader, long> Load)
    {
        public long Rows { get; init; } = 1_000_000;
    }
}
