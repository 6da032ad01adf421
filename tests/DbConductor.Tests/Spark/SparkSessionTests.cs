using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using Xunit;

namespace DbConductor.Tests.Spark;

[Collection("Spark")]
public sealed class SparkSessionTests(SparkFixture spark)
{
    [SkippableFact]
    public async Task Session_runs_in_a_process_of_its_own_that_nobody_elsewhere_can_reach()
    {
        ISparkSession session = await spark.SessionAsync();
        Assert.True(session.IsAlive);
        Assert.Equal(("local[2]", "3.5.3"), (session.Info.Master, session.Info.SparkVersion));
        using Process driver = Process.GetProcessById(session.Info.ProcessId);
        Assert.False(driver.HasExited);
        Assert.Empty(session.ActiveJobs());

        IPEndPoint port = Assert.Single(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), e => e.Port == session.Info.Port);
        Assert.True(IPAddress.IsLoopback(port.Address.IsIPv4MappedToIPv6 ? port.Address.MapToIPv4() : port.Address), port.ToString());
    }

    [SkippableFact]
    public async Task Second_start_gives_the_session_that_runs_and_refuses_other_settings()
    {
        ISparkSession session = await spark.SessionAsync();
        Assert.Same(session, await SparkHost.Process.StartAsync(SparkFixture.Settings, _ => { }, default));
        Assert.Same(session, await SparkHost.Process.StartAsync(new(), _ => { }, default));
        SparkSettings[] others =
        [
            new() { Master = "local[1]" },
            new() { SparkHome = "/elsewhere" },
            new() { Options = new Dictionary<string, string> { ["spark.sql.shuffle.partitions"] = "3" } },
            new() { Jars = ["/other.jar"] },
        ];
        foreach (SparkSettings other in others)
        {
            await Fails(DbErrorKind.InvalidOperation, other, "Stop-SparkSession");
        }
    }

    [SkippableFact]
    public async Task Secret_options_stand_neither_on_the_command_line_nor_in_the_log()
    {
        ISparkSession session = await spark.SessionAsync();
        Skip.IfNot(OperatingSystem.IsLinux(), "command lines are read from /proc");
        string commandLine = await File.ReadAllTextAsync($"/proc/{session.Info.ProcessId}/cmdline");
        Assert.Contains("DotnetRunner", commandLine, StringComparison.Ordinal);
        Assert.DoesNotContain("kept-secret", commandLine, StringComparison.Ordinal);
        await using FileStream log = new(session.Info.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.DoesNotContain("kept-secret", await new StreamReader(log).ReadToEndAsync(), StringComparison.Ordinal);
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(own, File.GetUnixFileMode(session.Info.LogPath));
        Assert.Equal(own | UnixFileMode.UserExecute, File.GetUnixFileMode(session.Info.WorkPath));
    }

    [SkippableFact]
    public async Task What_does_not_fit_is_refused_before_anything_is_started()
    {
        _ = await spark.SessionAsync();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dbconductor-no-spark-");
        try
        {
            SparkLauncher launcher = new();
            SparkSettings settings = new() { SparkHome = folder.FullName };
            await RefusedAsync(settings, "no folder of a Spark distribution");
            string jars = folder.CreateSubdirectory("jars").FullName;
            foreach ((string jar, string words) in new[] { ("spark-core_2.12-3.4.4.jar", "is 3.4.4, and Microsoft.Spark 2.3.1 takes 3.5"), ("spark-core_2.13-3.5.3.jar", "is built for Scala 2.13") })
            {
                await File.WriteAllTextAsync(Path.Combine(jars, jar), "");
                await RefusedAsync(settings, words);
                File.Delete(Path.Combine(jars, jar));
            }

            await RefusedAsync(SparkFixture.Settings with { Master = "spark://127.0.0.1:7077" }, "-WorkPath", DbErrorKind.InvalidArgument);
            await RefusedAsync(SparkFixture.Settings with { Jars = ["/no.jar"] }, "no jar '/no.jar'", DbErrorKind.NotFound);
            await RefusedAsync(
                SparkFixture.Settings with { Options = new Dictionary<string, string> { ["spark.sql.session.timeZone"] = "CET" } }, "cannot be chosen", DbErrorKind.InvalidArgument);

            async Task RefusedAsync(SparkSettings asked, string words, DbErrorKind kind = DbErrorKind.DriverMissing)
            {
                DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => launcher.StartAsync(asked, _ => { }, default));
                Assert.Equal(kind, error.Kind);
                Assert.Contains(words, error.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public async Task Driver_that_does_not_come_up_says_why()
    {
        _ = await spark.SessionAsync();
        SparkSettings settings = SparkFixture.Settings with { Options = new Dictionary<string, string> { ["spark.driver.memory"] = "1x" } };
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => new SparkLauncher().StartAsync(settings, _ => { }, default));
        Assert.Equal(DbErrorKind.Connection, error.Kind);
        Assert.Contains("Invalid maximum heap size", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait(Faults.Category, Faults.Name)]
    public async Task Master_that_nobody_runs_is_an_error()
    {
        _ = await spark.SessionAsync();
        Skip.IfNot(Faults.Full, "Spark looks for a master for a minute");
        await SparkHost.Process.StopAsync();
        DirectoryInfo work = Directory.CreateTempSubdirectory("dbconductor-no-master-");
        try
        {
            await Fails(DbErrorKind.Connection, SparkFixture.Settings with { Master = "spark://127.0.0.1:1", WorkPath = work.FullName }, "found no master at spark://127.0.0.1:1");
            Assert.Null(SparkHost.Process.Current);
            Assert.Empty(work.GetFileSystemInfos());
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task Fails(DbErrorKind kind, SparkSettings settings, string words)
    {
        DbConductorException error = await Assert.ThrowsAsync<DbConductorException>(() => SparkHost.Process.StartAsync(settings, _ => { }, default));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
