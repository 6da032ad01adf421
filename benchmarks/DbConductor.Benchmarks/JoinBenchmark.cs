using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DbConductor.Adapters.PostgreSql;
using DbConductor.Adapters.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DbConductor.Benchmarks;

/// <summary>
/// <c>join</c>: tables of 1 million and of 10 million rows with one of a million, joined by the embedded engine from the database's tables, and by the database itself. Every row
/// of the result is read in this process. Writes <c>results/join.md</c>.
/// </summary>
internal static class JoinBenchmark
{
    private const long Small = 1_000_000;
    private const long Memory64 = 64 << 20;
    private const string Sql = "SELECT f.id, f.k, f.amount, d.name FROM facts f JOIN names d ON f.k = d.k";

    public static async Task RunAsync(string? postgreSql, string work, string results)
    {
        StringBuilder text = new();
        text.AppendLine("# Joins").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.")
            .AppendLine("Rows (id, key, amount) of a table with (key, name) of another one, neither with an index, every row of the result read in this process; peak memory is this process's, so that a server's own is not in it.").AppendLine()
            .AppendLine("| rows | tables in | joined by | seconds | rows/s | peak MB |").AppendLine("|---|---|---|---:|---:|---:|");
        foreach (long rows in new[] { Small, 10 * Small })
        {
            string file = Path.Combine(work, $"join-{rows}.db");
            string sqlite = $"Data Source={file};Pooling=false";
            await RunAsync(text, "SQLite", new SqliteAdapterFactory(), new() { Name = "bench", Type = "Sqlite", Database = file }, rows, () => new SqliteConnection(sqlite)).ConfigureAwait(false);
            File.Delete(file);
            if (!string.IsNullOrEmpty(postgreSql))
            {
                AdapterProfile profile = new() { Name = "bench", Type = "PostgreSql", ConnectionString = new Secret(postgreSql) };
                await RunAsync(text, "PostgreSQL", new PostgreSqlAdapterFactory(), profile, rows, () => new NpgsqlConnection(postgreSql)).ConfigureAwait(false);
            }
        }

        Directory.CreateDirectory(results);
        await File.WriteAllTextAsync(Path.Combine(results, "join.md"), text.ToString()).ConfigureAwait(false);
        Console.WriteLine(text);
    }

    private static async Task RunAsync(StringBuilder text, string product, IAdapterFactory factory, AdapterProfile profile, long rows, Func<DbConnection> connect)
    {
        IDbAdapter db = factory.Create(profile, new AdapterServices());
        await using (db.ConfigureAwait(false))
        {
            await db.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
            (TableName facts, TableName names) = (new(null, "facts"), new(null, "names"));
            await db.DropAsync(facts, CancellationToken.None).ConfigureAwait(false);
            await db.DropAsync(names, CancellationToken.None).ConfigureAwait(false);
            SaveOptions create = new() { CreateTable = true };
            await db.SaveAsync(facts, Rows(["id", "k", "amount"], rows, i => [i, i * 7919 % Small, i / 4.0]), create, CancellationToken.None).ConfigureAwait(false);
            await db.SaveAsync(names, Rows(["k", "name"], Small, i => [i, "name " + i.ToString(CultureInfo.InvariantCulture)]), create, CancellationToken.None).ConfigureAwait(false);
            using (DbConnection connection = connect())
            {
                // a server that has counted its rows chooses a plan as in production
                await connection.OpenAsync().ConfigureAwait(false);
                using DbCommand analyze = connection.CreateCommand();
                analyze.CommandText = "ANALYZE";
                await analyze.ExecuteNonQueryAsync().ConfigureAwait(false);
            }

            await MeasureAsync(text, rows, product, "DbConductor", () => EmbeddedAsync(db, facts, names, null)).ConfigureAwait(false);
            await MeasureAsync(text, rows, product, "DbConductor, 64 MB", () => EmbeddedAsync(db, facts, names, Memory64)).ConfigureAwait(false);
            await MeasureAsync(text, rows, product, product, () => RawAsync(connect)).ConfigureAwait(false);
            await db.DropAsync(facts, CancellationToken.None).ConfigureAwait(false);
            await db.DropAsync(names, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static RowReader Rows(string[] columns, long count, Func<long, object?[]> row)
    {
        Column[] types = [.. columns.Select(c => new Column(c, PortableType.Parse(c switch { "amount" => "double", "name" => "string", _ => "long" })))];
        return new BufferedRows(types, Each());

        IEnumerable<object?[]> Each()
        {
            for (long i = 0; i < count; i++)
            {
                yield return row(i);
            }
        }
    }

    private static async Task<long> EmbeddedAsync(IDbAdapter db, TableName facts, TableName names, long? memory)
    {
        JoinSpec spec = new([new("k", "k")]) { MemoryLimitBytes = memory };
        RowReader left = await db.GetAsync(new(facts), CancellationToken.None).ConfigureAwait(false);
        RowReader right = await db.GetAsync(new(names), CancellationToken.None).ConfigureAwait(false);
        JoinedRows rows = await new EmbeddedJoin().JoinAsync(left, right, spec, CancellationToken.None).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            return await CountAsync(rows).ConfigureAwait(false);
        }
    }

    private static async Task<long> RawAsync(Func<DbConnection> connect)
    {
        using DbConnection connection = connect();
        await connection.OpenAsync().ConfigureAwait(false);
        using DbCommand command = connection.CreateCommand();
        command.CommandText = Sql;
        command.CommandTimeout = 0;
        using DbDataReader rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        return await CountAsync(rows).ConfigureAwait(false);
    }

    private static async Task<long> CountAsync(DbDataReader rows)
    {
        long count = 0;
        long length = 0;
        while (await rows.ReadAsync().ConfigureAwait(false))
        {
            count++;
            length += rows.GetInt64(0) + rows.GetInt64(1) + rows.GetString(3).Length + (long)rows.GetDouble(2);
        }

        return length > 0 ? count : throw new InvalidOperationException("no rows");
    }

    private static async Task MeasureAsync(StringBuilder text, long rows, string product, string engine, Func<Task<long>> work)
    {
        GC.Collect();
        Memory.ResetPeak();
        long start = Stopwatch.GetTimestamp();
        long count = await work().ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (count != rows)
        {
            throw new InvalidOperationException($"{count} rows instead of {rows}");
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"| {rows / Small}M x 1M | {product} | {engine} | {seconds:F1} | {rows / seconds:N0} | {Memory.PeakMb():N0} |");
        Console.WriteLine(line);
        text.AppendLine(line);
    }
}
