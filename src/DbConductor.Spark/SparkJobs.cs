using System.Globalization;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>
/// Runs calls on a driver: each on a thread of its own, since the driver has one of its own for each of ours, and what a call's jobs are called and by what they are
/// cancelled is a thread's.
/// </summary>
internal sealed class SparkJobs(BackendProcess backend, IJvmBridge bridge, SparkSession spark)
{
    private const int PollMilliseconds = 300;

    private readonly JvmObjectReference _context = spark.SparkContext.Reference;
    private readonly JvmObjectReference _tracker = (JvmObjectReference)spark.SparkContext.Reference.Invoke("statusTracker");

    /// <summary>The session.</summary>
    internal SparkSession Spark => spark;

    /// <summary>How many tasks it runs at once.</summary>
    internal int Parallelism => Try(() => (int)_context.Invoke("defaultParallelism"));

    /// <summary>The numbers of the jobs that run now.</summary>
    internal int[] Active() => Try(() => (int[])_tracker.Invoke("getActiveJobIds")) ?? [];

    /// <summary>The jobs that ran and run, newest first.</summary>
    internal IReadOnlyList<SparkJob> List(int most) => Try(() => JobList.Read(bridge, _context, most)) ?? [];

    /// <summary>Whether the driver has a class, as of a jar that the session was started with.</summary>
    internal bool CanLoad(string name)
    {
        try
        {
            return (bool)bridge.CallStaticJavaMethod("org.apache.spark.util.Utils", "classIsLoadable", name);
        }
        catch (Exception error)
        {
            throw JvmErrors.From(error, backend);
        }
    }

    /// <summary>Runs a call to its end. When it is cancelled, so are its jobs.</summary>
    /// <param name="call">What it is called, and whom it tells how far it is.</param>
    /// <param name="work">The call.</param>
    /// <param name="cancel">Cancels it.</param>
    internal async Task<T> RunAsync<T>(SparkCall call, Func<T> work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!backend.IsAlive)
        {
            throw backend.Ended();
        }

        string group = $"dbconductor-{Guid.NewGuid():N}";
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                spark.SparkContext.SetJobGroup(group, call.Name, interruptOnCancel: true);
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        { IsBackground = true, Name = "DbConductor Spark call" };
        thread.Start();
        try
        {
            while (await Task.WhenAny(done.Task, Task.Delay(PollMilliseconds, CancellationToken.None)).ConfigureAwait(false) != done.Task)
            {
                if (cancel.IsCancellationRequested)
                {
                    // again and again: the call may be about to start its next job
                    Try(() => _context.Invoke("cancelJobGroup", group));
                }
                else if (call.OnStatus is { } onStatus && Status(group) is { } status)
                {
                    onStatus(status);
                }
            }

            return await done.Task.ConfigureAwait(false);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (Exception error)
        {
            throw JvmErrors.From(error, backend, stopped: Try<object>(() => _context.Invoke("isStopped")) is not false);
        }
        finally
        {
            Try(() => Bridge.Forget(bridge, thread));
        }
    }

    /// <summary>What a call's jobs are at: the stages that run, and how many of their tasks are done.</summary>
    private string? Status(string group) => Try(() =>
    {
        List<string> running = [];
        foreach (int job in (int[])_tracker.Invoke("getJobIdsForGroup", group))
        {
            foreach (int stage in Bridge.Value(_tracker.Invoke("getJobInfo", job)) is JvmObjectReference info ? (int[])info.Invoke("stageIds") : [])
            {
                if (Bridge.Value(_tracker.Invoke("getStageInfo", stage)) is JvmObjectReference tasks && (int)tasks.Invoke("numActiveTasks") > 0)
                {
                    running.Add(string.Create(CultureInfo.CurrentCulture, $"stage {stage}: {(int)tasks.Invoke("numCompletedTasks"):N0} of {(int)tasks.Invoke("numTasks"):N0} tasks"));
                }
            }
        }

        return running.Count > 0 ? string.Join("; ", running) : IsAlone() ? "no executor is there to work on it: Spark waits for the cluster" : null;
    });

    /// <summary>Whether the driver has no executor, which it is itself where the master is local.</summary>
    private bool IsAlone() => !(bool)_context.Invoke("isLocal") && (int)((JvmObjectReference)_context.Invoke("getExecutorMemoryStatus")).Invoke("size") <= 1;

    /// <summary>Asks for something that is not needed: the driver may have gone.</summary>
    private static T? Try<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception)
        {
            return default;
        }
    }
}
