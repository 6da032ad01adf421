using System.Reflection;
using Microsoft.Spark.Interop;
using Microsoft.Spark.Interop.Ipc;

namespace DbConductor.Spark;

/// <summary>The way from this process to the driver. Microsoft.Spark has one per process, found by environment variables.</summary>
internal static class Bridge
{
    private const string Port = "DOTNETBACKEND_PORT";
    private const string ThreadCleaning = "DOTNET_JVM_THREAD_GC_INTERVAL";

    private static bool s_quiet;

    /// <summary>Connects it to a driver's port.</summary>
    internal static IJvmBridge Connect(int port)
    {
        Silence();
        (string? portBefore, string? cleaningBefore) = (Environment.GetEnvironmentVariable(Port), Environment.GetEnvironmentVariable(ThreadCleaning));
        try
        {
            Environment.SetEnvironmentVariable(Port, port.ToString(System.Globalization.CultureInfo.InvariantCulture));

            // its timer would throw on a thread of the pool once the driver has gone, which ends the process: threads are cleaned up by those who start them
            Environment.SetEnvironmentVariable(ThreadCleaning, Timeout.InfiniteTimeSpan.ToString());
            SparkEnvironment.JvmBridge = null;
            return SparkEnvironment.JvmBridge!;
        }
        finally
        {
            Environment.SetEnvironmentVariable(Port, portBefore);
            Environment.SetEnvironmentVariable(ThreadCleaning, cleaningBefore);
        }
    }

    /// <summary>Tells the driver of a thread that has made calls and has ended: there it has one of its own.</summary>
    internal static object Forget(IJvmBridge bridge, Thread thread) => bridge.CallStaticJavaMethod("DotnetHandler", "rmThread", Environment.ProcessId, thread.ManagedThreadId);

    /// <summary>What is in a Scala option; null for nothing.</summary>
    internal static object? Value(object option) => option is JvmObjectReference some && (bool)some.Invoke("isDefined") ? some.Invoke("get") : null;

    /// <summary>Lets its connections go.</summary>
    internal static void Disconnect(IJvmBridge bridge)
    {
        SparkEnvironment.JvmBridge = null;
        try
        {
            bridge.Dispose();
        }
        catch (Exception)
        {
            // it tells the driver of threads that have ended; there may be no driver any more
        }
    }

    /// <summary>
    /// Microsoft.Spark prints each failed call with all its arguments on the console, which is PowerShell's, and arguments can be secret. What it prints is also in the
    /// error that it throws.
    /// </summary>
    private static void Silence()
    {
        if (s_quiet)
        {
            return;
        }

        Assembly spark = typeof(SparkEnvironment).Assembly;
        Type service = spark.GetType("Microsoft.Spark.Services.ILoggerService", throwOnError: true)!;
        MethodInfo set = spark.GetType("Microsoft.Spark.Services.LoggerServiceFactory", throwOnError: true)!.GetMethod("SetLoggerService")!;
        set.Invoke(null, [DispatchProxy.Create(service, typeof(NoLog))]);
        s_quiet = true;
    }
}
