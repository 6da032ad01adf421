using DbConductor.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public async Task Statements_are_logged_and_values_and_secrets_never()
    {
        CollectingLogger log = new();
        using LoggerFactory factory = new([new Provider(log)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        await using IDbAdapter db = Factory.Create(Profile, new AdapterServices { Logging = factory });
        await db.ConnectAsync(default);
        TableName table = NewName();
        await db.CreateAsync(table, Spec.Table(Pair, "id"), default);

        await SaveAsync(db, table, [1, "sesame"]);
        await db.SaveAsync(table, Spec.Rows(Pair, [1, "sesame"]), Mode(SaveMode.Upsert), default);
        await db.UpdateAsync(table, Filter.Equal("v", "sesame"), new Dictionary<string, object?> { ["v"] = "sesame" }, default);
        await RowsOf(db, new BatchQuery(table) { Where = new InFilter("v", ["sesame"]) });
        await SqlAsync(db, Words.Select(table, ["v"], where: "v"), new() { ["value"] = "sesame" });
        await Assert.ThrowsAnyAsync<DbConductorException>(() => SaveAsync(db, table, [1, "sesame"]));

        Assert.Contains(log.Entries, e => e.Level == LogLevel.Debug && e.Text.Contains(table.Name, StringComparison.Ordinal));
        Assert.Contains(log.Entries, e => e.Level >= LogLevel.Information && e.Text.Contains(table.Name, StringComparison.Ordinal));
        foreach ((_, _, string text, Dictionary<string, object?> fields) in log.Entries)
        {
            string all = text + string.Join(' ', fields.Values);
            Assert.DoesNotContain("sesame", all, StringComparison.Ordinal);
            Assert.DoesNotContain(Profile.Password?.Reveal() ?? "\0", all, StringComparison.Ordinal);
        }
    }

    private protected sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
