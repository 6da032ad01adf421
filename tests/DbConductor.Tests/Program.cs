using DbConductor.Tests.Contract;

namespace DbConductor.Tests;

/// <summary>What tests run in a process of its own, so that they can kill it.</summary>
internal static class Program
{
    /// <summary>Writes rows into an SQLite table without end, and says after how many it may be killed.</summary>
    private static async Task Main(string[] arguments)
    {
        if (arguments is not ["write-sqlite", { } file, { } table, { } mode, { } count])
        {
            throw new ArgumentException("usage: write-sqlite FILE TABLE MODE COUNT");
        }

        await using IDbAdapter adapter = AdapterCatalog.Installed.Find("Sqlite").Create(new() { Name = "child", Type = "Sqlite", Database = file }, new AdapterServices());
        await adapter.ConnectAsync(default);
        int limit = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
        string pad = new('x', 500);
        RowReader rows = Spec.Stream(["id int", "v string"], int.MaxValue - 1, i =>
        {
            if (i == limit)
            {
                Console.WriteLine("now");
            }

            return [i, pad];
        });
        await adapter.SaveAsync(new(null, table), rows, new SaveOptions { Mode = Enum.Parse<SaveMode>(mode) }, default);
    }
}
