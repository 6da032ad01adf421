using DbConductor.Spark;
using Xunit;

namespace DbConductor.Tests.Spark;

/// <summary>The file of what a driver writes.</summary>
public sealed class SparkLogTests
{
    [SkippableFact]
    public void Logs_stay_for_thirty_days_after_their_last_line()
    {
        string recent = Make(29), old = Make(31);
        BackendLog log = new();
        try
        {
            log.Write("said");
            log.Dispose();
            Assert.Equal("said" + Environment.NewLine, File.ReadAllText(log.Path));
            Assert.True(File.Exists(recent));
            Assert.False(File.Exists(old));
        }
        finally
        {
            File.Delete(log.Path);
            File.Delete(recent);
        }

        static string Make(int days)
        {
            string path = Path.Combine(Path.GetTempPath(), $"dbconductor-spark-20010101-000000-000-{Guid.NewGuid():N}.log");
            File.WriteAllText(path, "old");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
            return path;
        }
    }
}
