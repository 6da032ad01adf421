using DbConductor.Tests.Contract;

namespace DbConductor.Tests;

/// <summary>What tests run in a process of its own, so that they can kill it or measure it.</summary>
internal static class Program
{
    private static Task Main(string[] arguments) => arguments switch
    {
        ["send-batches", { } table, { } first] => BatchFaultTests.SendAsync(new(null, table), Number(first)),
        ["save-stashes", { } name] => StashFaultTests.SaveAsync(name),
        ["hold-leases", { } name, { } least, { } most] => StashFaultTests.HoldAsync(name, Number(least), Number(most)),
        ["stream-rows", { } table, { } copy, { } every] => ContractTests.StreamAsync(new(null, table), new(null, copy), every.Length > 0 ? Number(every) : null),
        ["write-sqlite", { } file, { } table, { } mode, { } count] => WriteSqliteAsync(file, table, mode, Number(count)),
        _ => throw new ArgumentException(
            "usage: write-sqlite FILE TABLE MODE COUNT | send-batches TABLE FIRST | save-stashes NAME | hold-leases NAME LEAST MOST | stream-rows TABLE COPY [COMMIT-EVERY]"),
    };

    /// <summary>Writes rows into an SQLite table without end, and says after how many it may be killed.</summary>
    private static async Task WriteSqliteAsync(string file, string table, string mode, int count)
    {
        await using IDbAdapter adapter = AdapterCatalog.Installed.Find("Sqlite").Create(new() { Name = "child", Type = "Sqlite", Database = file }, new AdapterServices());
        await adapter.ConnectAsync(default);
        string pad = new('x', 500);
        RowReader rows = Spec.Stream(["id int", "v string"], int.MaxValue - 1, i =>
        {
            if (i == count)
            {
                Console.WriteLine("now");
            }

            return [i, pad];
        });
        await adapter.SaveAsync(new(null, table), rows, new SaveOptions { Mode = Enum.Parse<SaveMode>(mode) }, default);
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
