using System.Text.RegularExpressions;

namespace DbConductor.Spark;

/// <summary>How Spark is told of this machine's files.</summary>
internal static partial class SparkFiles
{
    /// <summary>A path as Hadoop takes it, which unlike a web address knows no percent signs for other characters.</summary>
    internal static string Address(string path) => $"file://{(path.StartsWith('/') ? path : $"/{path.Replace('\\', '/')}")}";

    /// <summary>The same where files are read, and some characters would be wildcards.</summary>
    internal static string ToRead(string path) => Literally(Address(path));

    /// <summary>An address in which no character is a wildcard.</summary>
    internal static string Literally(string address) => Wildcards().Replace(address, @"\$0");

    /// <summary>What gives a session the file system of an address.</summary>
    internal static string Remedy(string address) => address.Split(':')[0].ToLowerInvariant() switch
    {
        "s3a" => "Start the session with -Package org.apache.hadoop:hadoop-aws:3.3.4.",
        "abfs" or "abfss" or "wasb" or "wasbs" => "Start the session with -Package org.apache.hadoop:hadoop-azure:3.3.4.",
        "gs" => "Start the session with -Jar and the file of Google's gcs-connector for Hadoop 3.",
        "s3" or "s3n" => "Hadoop's name for S3 is s3a://.",
        "hdfs" or "webhdfs" => "Spark's distributions with Hadoop have it; see -SparkHome.",
        { } scheme => $"Start the session with -Package or -Jar and the file system of {scheme}://.",
    };

    [GeneratedRegex(@"[][{}*?\\]")]
    private static partial Regex Wildcards();
}
