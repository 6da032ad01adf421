using System.Text.RegularExpressions;
using Microsoft.Spark;

namespace DbConductor.Spark;

/// <summary>Turns what Spark throws into our errors: its own words without their stack trace, without secrets and without values of rows.</summary>
internal static partial class JvmErrors
{
    /// <param name="error">What the bridge threw.</param>
    /// <param name="backend">The driver, which may have ended.</param>
    /// <param name="stopped">Whether the driver is without its context.</param>
    internal static Exception From(Exception error, BackendProcess backend, bool stopped = false)
    {
        if (error is DbConductorException or OperationCanceledException)
        {
            return error;
        }

        // a call on a driver that is gone fails like one that Spark refuses, but without the stack trace of a reason; and one that is about to go, or whose cluster has
        // gone, is without its context and of no use any more
        JvmException? jvm = error.InnerException as JvmException;
        if (jvm?.Message.Contains("\tat ", StringComparison.Ordinal) == true && !stopped ? !backend.IsAlive : Settled(backend) || stopped)
        {
            backend.Kill();
            return backend.Ended(new IOException(backend.Log.Scrub(error.Message)));
        }

        if (jvm is null)
        {
            return new DbConductorException(DbErrorKind.Connection, $"The connection to Spark's driver failed: {backend.Log.Scrub(error.Message)} Its log is {backend.Log.Path}.") { Target = "Spark" };
        }

        (string type, string message) = Cause(jvm.Message);
        string name = type[(type.LastIndexOf('.') + 1)..];
        DbErrorKind kind = KindOf(name, message);
        if (name == "SparkFileNotFoundException")
        {
            // Spark goes on with advice on tables of its own
            message = $"{message.Split(" does not exist")[0]} does not exist for an executor. Every executor must see -WorkPath under the same path, and read and write there as the driver's user";
        }

        string said = kind == DbErrorKind.InvalidData ? Class().Match(message) is { Success: true } words ? words.Value : "a value does not fit its type" : backend.Log.Scrub(message);
        return new DbConductorException(kind, $"Spark: {said.TrimEnd('.')}. ({name}; the whole of it is in {backend.Log.Path})") { Target = "Spark" };
    }

    // a broken connection is often seen before the end of the process that had it
    private static bool Settled(BackendProcess backend)
    {
        for (int i = 0; i < 20 && backend.IsAlive; i++)
        {
            Thread.Sleep(100);
        }

        return !backend.IsAlive;
    }

    private static DbErrorKind KindOf(string type, string message) => type switch
    {
        "ParseException" => DbErrorKind.Syntax,
        "AnalysisException" or "ExtendedAnalysisException" when message.Contains("UNRESOLVED_COLUMN", StringComparison.Ordinal) => DbErrorKind.ColumnNotFound,
        "AnalysisException" or "ExtendedAnalysisException" when message.Contains("NOT_FOUND", StringComparison.Ordinal) || message.Contains("PATH_NOT", StringComparison.Ordinal)
            || message.Contains("Path does not exist", StringComparison.Ordinal) => DbErrorKind.NotFound,
        "AnalysisException" or "ExtendedAnalysisException" => DbErrorKind.Syntax,
        "ClassNotFoundException" or "SparkClassNotFoundException" or "UnsupportedFileSystemException" => DbErrorKind.DriverMissing,
        "SparkNumberFormatException" or "SparkDateTimeException" or "SparkArithmeticException" or "SparkRuntimeException" or "SparkUpgradeException"
            or "BadRecordException" or "NumberFormatException" or "DateTimeException" => DbErrorKind.InvalidData,
        "OutOfMemoryError" => DbErrorKind.LimitExceeded,
        "IOException" or "FSError" when message.Contains("No space left", StringComparison.Ordinal) => DbErrorKind.LimitExceeded,
        "FileNotFoundException" or "SparkFileNotFoundException" => DbErrorKind.NotFound,
        _ => DbErrorKind.Server,
    };

    /// <summary>The innermost cause that a stack trace names: its type and the first line of its words.</summary>
    private static (string Type, string Message) Cause(string trace)
    {
        string[] lines = trace.Split('\n');
        string line = lines.LastOrDefault(l => l.StartsWith("Caused by: ", StringComparison.Ordinal))?["Caused by: ".Length..] ?? lines[0];
        Match parts = Thrown().Match(line);
        if (!parts.Success)
        {
            return ("", line.Trim());
        }

        // Spark's own words go on for a few lines, up to the first place of the stack
        int at = Array.FindLastIndex(lines, l => l.Contains(line, StringComparison.Ordinal));
        IEnumerable<string> rest = lines.Skip(at + 1).TakeWhile(l => !l.StartsWith("\tat ", StringComparison.Ordinal) && !l.StartsWith("Caused by", StringComparison.Ordinal))
            .Prepend(parts.Groups["message"].Value);

        // behind a semicolon a plan follows, which quotes filters
        int end = rest.TakeWhile(l => !l.EndsWith(';')).Count() + 1;
        return (parts.Groups["type"].Value, string.Join(' ', rest.Take(Math.Min(end, 9))).Trim());
    }

    [GeneratedRegex(@"^(?<type>[\w.$]+)(: (?<message>.*))?$")]
    private static partial Regex Thrown();

    // the name of Spark's error class, which quotes no value
    [GeneratedRegex(@"\[[A-Z_.]+\]")]
    private static partial Regex Class();
}
