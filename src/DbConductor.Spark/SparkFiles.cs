using System.Text.RegularExpressions;

namespace DbConductor.Spark;

/// <summary>How Spark is told of this machine's files.</summary>
internal static partial class SparkFiles
{
    /// <summary>A path as Hadoop takes it, which unlike a web address knows no percent signs for other characters.</summary>
    internal static string Address(string path) => $"file://{(path.StartsWith('/') ? path : $"/{path.Replace('\\', '/')}")}";

    /// <summary>The same where files are read, and some characters would be wildcards.</summary>
    internal static string ToRead(string path) => Wildcards().Replace(Address(path), @"\$0");

    [GeneratedRegex(@"[][{}*?\\]")]
    private static partial Regex Wildcards();
}
