using System.Globalization;
using DbConductor.Spark;
using DbConductor.Tests.Contract;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>No secret that a session or one of its sides is given is to be found where others can look.</summary>
public abstract class SparkSecretTests(SparkFixture spark)
{
    // by the names that Spark, Hadoop and drivers give them
    private static readonly string[] s_names =
    [
        "spark.test.password", "spark.test.passwd", "spark.test.pwd", "spark.test.apiKey", "spark.test.private_key", "spark.test.accessToken", "spark.test.passphrase", "spark.test.passcode",
        "spark.hadoop.fs.s3a.access.key", "spark.hadoop.fs.s3a.secret.key", "spark.hadoop.fs.azure.account.key.store.dfs.core.windows.net", "spark.ssl.keyPassword", "spark.driver.test.secret",
        "spark.jars.test.token", "spark.mongodb.read.connection.uri",
    ];

    [SkippableFact]
    public async Task Secrets_stand_in_no_process_list_no_page_of_Spark_no_log_and_no_error()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are read from /proc");
        _ = await spark.SessionAsync();
        await SparkHost.Process.StopAsync();
        DirectoryInfo events = Directory.CreateTempSubdirectory("dbconductor-spark-events-");
        const string variable = "DBCONDUCTOR__PROFILES__SECRETIVE__PASSWORD";
        string mark = Guid.NewGuid().ToString("N");
        try
        {
            Environment.SetEnvironmentVariable(variable, $"environment-{mark}");
            Dictionary<string, string> options = new(SparkFixture.Settings.Options)
            {
                ["spark.ui.enabled"] = "true",
                ["spark.ui.port"] = "0",
                ["spark.eventLog.enabled"] = "true",
                ["spark.eventLog.dir"] = new Uri(events.FullName).AbsoluteUri,
            };
            foreach (string name in s_names)
            {
                options[name] = name.EndsWith("uri", StringComparison.Ordinal) ? $"mongodb://tester:{name}-{mark}@127.0.0.1/" : $"{name}-{mark}";
            }

            ISparkSession session = await SparkHost.Process.StartAsync(SparkFixture.Settings with { Options = options }, _ => { }, default);
            List<(string Where, string Text)> seen = [];
            string error = await JoinAsync(session, mark);
            seen.Add(("error", error));
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                seen.Add((folder + "/cmdline", Read(folder + "/cmdline")));
            }

            seen.Add(("the driver's environment", Read($"/proc/{session.Info.ProcessId}/environ")));
            using HttpClient client = new();
            foreach (string page in new[] { "environment/", "jobs/", "stages/", "executors/", "SQL/", $"api/v1/applications/{session.Info.ApplicationId}/environment", $"api/v1/applications/{session.Info.ApplicationId}/sql" })
            {
                seen.Add((page, await client.GetStringAsync(new Uri($"{session.Info.WebUrl}/{page}"))));
            }

            await SparkHost.Process.StopAsync();
            seen.Add(("log", Read(session.Info.LogPath)));
            FileInfo log = Assert.Single(events.GetFiles());
            seen.Add(("event log", Read(log.FullName)));

            Assert.Contains(s_names[0], seen.Single(s => s.Where == "environment/").Text, StringComparison.Ordinal);
            Assert.Contains(s_names[0], seen.Single(s => s.Where == "event log").Text, StringComparison.Ordinal);
            Assert.Contains(seen, s => s.Text.Contains("DotnetRunner", StringComparison.Ordinal));
            Assert.Contains("SPARK_HOME", seen.Single(s => s.Where == "the driver's environment").Text, StringComparison.Ordinal);
            Assert.Empty(seen.SelectMany(s => s_names.Append("environment").Append("profile").Where(name => s.Text.Contains($"{name}-{mark}", StringComparison.Ordinal)).Select(name => $"{name} in {s.Where}")));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
            await SparkHost.Process.StopAsync();
            events.Delete(recursive: true);
        }
    }

    /// <summary>Joins a table that is read with the password <c>profile-MARK</c>, then asks for what is refused, and gives what is said of that.</summary>
    private protected abstract Task<string> JoinAsync(ISparkSession session, string mark);

    private static string Read(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return new StreamReader(stream).ReadToEnd();
        }
        catch (IOException)
        {
            // a process that has ended meanwhile
            return "";
        }
    }

    /// <summary>Joins a new table of two rows with itself; gives it as a side, and how it was read.</summary>
    private protected static async Task<(JoinInput Side, string Path)> JoinWithItselfAsync(ISparkSession session, IDbAdapter db)
    {
        TableName table = new(null, "with_password");
        await db.CreateAsync(table, Spec.Table(["id int!"]), default);
        await db.SaveAsync(table, Spec.Rows(["id int!"], [1], [2]), new(), default);
        JoinInput side = JoinInput.OfTable("with_password", db, new(table));
        SparkResult result = await session.RunAsync(new SparkJoin(side, side, new([new("id", "id")])), new SparkCall("secrets"), default);
        await using RowReader rows = result.Rows;
        Assert.Equal(2, (await rows.ToArrayAsync()).Length);
        return (side, result.Path);
    }
}
