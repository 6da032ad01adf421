using DbConductor.Tests.Rows;
using DbConductor.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbConductor.Tests.Contract;

// how the server lets itself be reached, and by which path rows go there
public abstract partial class MySqlFamilyContractTests
{
    [SkippableFact]
    public async Task Without_local_infile_on_the_server_rows_go_by_inserts_and_that_is_said_once()
    {
        CollectingLogger log = new();
        using LoggerFactory logging = new([new Provider(log)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        TableName table = await CreateAsync(Pair, "id");
        await SqlAsync("set global local_infile = 0");
        try
        {
            await using IDbAdapter db = await OpenAsync(Profile, new AdapterServices { Logging = logging });
            SaveResult inserted = await db.SaveAsync(table, Spec.Stream(Pair, 5000, i => [i, "x" + i]), new(), default);
            SaveResult merged = await db.SaveAsync(table, Spec.Stream(Pair, 6000, i => [i, "y" + i]), new() { Mode = SaveMode.Upsert }, default);
            await db.ConnectAsync(default);

            Assert.Equal((5000L, 6000L), (inserted.Rows, merged.Rows));
            Assert.Equal("prepared inserts of many rows", inserted.Path);
            Assert.Equal("prepared inserts of many rows", db.Info.BulkPath);
            Assert.Single(log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("SET GLOBAL local_infile", StringComparison.Ordinal));
        }
        finally
        {
            await SqlAsync("set global local_infile = 1");
        }

        Assert.Equal(6000, await Db.CountAsync(table, null, default));
        Assert.Equal([[3000, "y3000"]], await RowsOf(table, where: Filter.Equal("id", 3000)));
    }

    [SkippableFact]
    public async Task TLS_is_used_where_it_is_asked_for_or_its_lack_is_an_error_with_the_remedy()
    {
        bool offers = (await SqlAsync("show variables like 'ssl_cert'")) is [[_, string { Length: > 0 }]];
        Dictionary<string, string> Options(string mode) => new(Profile.Options) { ["SslMode"] = mode };

        await using (IDbAdapter plain = await OpenAsync(Profile with { Options = Options("None") }))
        {
            Assert.Equal("", await CipherAsync(plain));
        }

        if (offers)
        {
            await using IDbAdapter secure = await OpenAsync(Profile with { Options = Options("Required") });
            Assert.NotEqual("", await CipherAsync(secure));
            DbConductorException foreign = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Options = Options("VerifyCA") }));
            Assert.Contains("SslCa", foreign.Message, StringComparison.Ordinal);
        }
        else
        {
            DbConductorException lacking = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Options = Options("Required") }));
            Assert.Contains("SslMode", lacking.Message, StringComparison.Ordinal);
        }

        static async Task<object?> CipherAsync(IDbAdapter db) => (await SqlAsync(db, "show session status like 'Ssl_cipher'"))[0][1];
    }

    [SkippableFact]
    public async Task A_socket_that_there_is_not_is_named_with_the_remedy()
    {
        string socket = $"/tmp/no-such-{Guid.NewGuid():N}.sock";
        DbConductorException error = await Fails(DbErrorKind.Connection, () => OpenAsync(Profile with { Server = socket, Port = null }));

        Assert.Contains(socket, error.Message, StringComparison.Ordinal);
        Assert.Contains("@@socket", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_column_that_comes_late_is_added_where_that_is_asked_for()
    {
        TableName table = await CreateAsync(["id int!"], ["id"], [1]);
        TestRows rows = new((TestRows.Of("id:int"), [[2]]), (TestRows.Of("id:int", "late:string", "n:long"), [[3, "x", 5L]]));

        SaveResult result = await Db.SaveAsync(table, rows, new() { OnNewColumn = NewColumnPolicy.Add }, default);

        Assert.Equal(2, result.Rows);
        Assert.Equal([[1, null, null], [2, null, null], [3, "x", 5L]], await RowsOf(table));
    }
}
