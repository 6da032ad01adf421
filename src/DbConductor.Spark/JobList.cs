using System.Globalization;
using System.Text.Json;
using Microsoft.Spark.Interop.Ipc;

namespace DbConductor.Spark;

/// <summary>The jobs that a driver knows of, which it does whether or not it has a web page.</summary>
internal static class JobList
{
    private const string DateFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'GMT'";

    /// <summary>The newest ones, newest first.</summary>
    /// <param name="bridge">The way to the driver.</param>
    /// <param name="context">Its context.</param>
    /// <param name="most">How many at most.</param>
    internal static IReadOnlyList<SparkJob> Read(IJvmBridge bridge, JvmObjectReference context, int most)
    {
        // in the words of Spark's REST interface, so that one call tells all
        JvmObjectReference jobs = (JvmObjectReference)((JvmObjectReference)context.Invoke("statusStore")).Invoke("jobsList", [null]);
        JvmObjectReference mapper = (JvmObjectReference)bridge.CallConstructor("org.apache.spark.status.api.v1.JacksonMessageWriter").Invoke("mapper");
        using JsonDocument json = JsonDocument.Parse((string)mapper.Invoke("writeValueAsString", jobs.Invoke("take", most)));
        return [.. json.RootElement.EnumerateArray().Select(Read)];
    }

    private static SparkJob Read(JsonElement job)
    {
        DateTimeOffset? started = Time(job, "submissionTime");
        string name = job.TryGetProperty("description", out JsonElement description) && description.GetString() is { Length: > 0 } given ? given : job.GetProperty("name").GetString()!;
        string status = job.GetProperty("status").GetString()!;
        return new(
            job.GetProperty("jobId").GetInt32(), name, status[0] + status[1..].ToLowerInvariant(), job.GetProperty("stageIds").GetArrayLength(), job.GetProperty("numCompletedStages").GetInt32(),
            job.GetProperty("numTasks").GetInt32() - job.GetProperty("numSkippedTasks").GetInt32(), job.GetProperty("numCompletedTasks").GetInt32(),
            started, (Time(job, "completionTime") ?? DateTimeOffset.UtcNow) - started);
    }

    private static DateTimeOffset? Time(JsonElement job, string name) => job.TryGetProperty(name, out JsonElement time) && time.ValueKind == JsonValueKind.String
        ? DateTimeOffset.ParseExact(time.GetString()!, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;
}
