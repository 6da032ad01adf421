using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Waits for tasks on the pipeline thread. Only there, and only while its cmdlet is the one that runs, may anything be written; so log lines
/// queue up until then, and progress is a number that is looked at, not an event.
/// </summary>
internal sealed class PipelineLog(PSCmdlet cmdlet) : ILogSink
{
    private const int PollMilliseconds = 200;

    private static int s_lastActivity;

    private readonly ConcurrentQueue<(LogLineLevel Level, string Text)> _lines = new();
    private readonly bool _debug = IsWanted(cmdlet, "Debug", "DebugPreference");
    private readonly bool _verbose = IsWanted(cmdlet, "Verbose", "VerbosePreference");
    private readonly int _activityId = Interlocked.Increment(ref s_lastActivity);
    private readonly long _started = Environment.TickCount64;

    // what is over within a second needs no bar; after that, at most five times a second
    private long _nextShow = Environment.TickCount64 + 1000;
    private long _rows;
    private long _total;
    private string? _activity;
    private string? _status;
    private bool _shown;

    /// <inheritdoc/>
    public bool Wants(LogLineLevel level) => level switch
    {
        LogLineLevel.Debug => _debug,
        LogLineLevel.Verbose => _verbose,
        _ => true,
    };

    /// <inheritdoc/>
    public void Write(LogLineLevel level, string text) => _lines.Enqueue((level, text));

    /// <summary>Starts work whose log lines come here.</summary>
    internal T Start<T>(Func<T> work)
    {
        ILogSink? before = AmbientLog.Swap(this);
        try
        {
            return work();
        }
        finally
        {
            AmbientLog.Swap(before);
        }
    }

    /// <summary>Does work on this thread whose log lines come here.</summary>
    internal void Run(Action work) => Start(() =>
    {
        work();
        return true;
    });

    internal T Wait<T>(Task<T> task)
    {
        Wait((Task)task);
        return task.GetAwaiter().GetResult();
    }

    internal void Wait(Task task)
    {
        bool mayWrite = true;
        while (!task.IsCompleted && Task.WaitAny([task], PollMilliseconds) < 0)
        {
            try
            {
                if (mayWrite)
                {
                    Drain();
                    ShowProgress();
                }
            }
            catch (PipelineStoppedException)
            {
                // the task was cancelled, and is waited for all the same: it takes back what it has written, and uses what would be closed
                mayWrite = false;
            }
        }

        if (mayWrite)
        {
            Drain();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Names what is under way, for progress; a total gives a percentage and the time left.</summary>
    internal void Track(string activity, long? total = null)
    {
        _activity = activity;
        Report(0, total);
    }

    /// <summary>Says in words what is going on, where there are no rows to count; from any thread.</summary>
    internal void Report(string status) => Volatile.Write(ref _status, status);

    /// <summary>Says how many rows are done; from any thread.</summary>
    internal void Report(long rows) => Volatile.Write(ref _rows, rows);

    /// <summary>Says how many rows are done, and of how many as far as that can be told; from any thread.</summary>
    internal void Report(long rows, long? total)
    {
        Volatile.Write(ref _total, total ?? 0);
        Report(rows);
    }

    /// <summary>Says how many rows are done, on the pipeline thread, and shows it when it is time.</summary>
    internal void Tick(long rows)
    {
        Report(rows);
        if (Environment.TickCount64 >= _nextShow)
        {
            ShowProgress();
        }
    }

    /// <summary>Takes the progress bar away.</summary>
    internal void Done()
    {
        if (_shown)
        {
            _shown = false;
            cmdlet.WriteProgress(new ProgressRecord(_activityId, _activity!, " ") { RecordType = ProgressRecordType.Completed });
        }
    }

    internal void Drain()
    {
        while (_lines.TryDequeue(out (LogLineLevel Level, string Text) line))
        {
            switch (line.Level)
            {
                case LogLineLevel.Debug:
                    cmdlet.WriteDebug(line.Text);
                    break;
                case LogLineLevel.Verbose:
                    cmdlet.WriteVerbose(line.Text);
                    break;
                default:
                    cmdlet.WriteWarning(line.Text);
                    break;
            }
        }
    }

    private void ShowProgress()
    {
        long now = Environment.TickCount64;
        long rows = Volatile.Read(ref _rows);
        string? status = Volatile.Read(ref _status);
        if (_activity is null || (rows == 0 && status is null) || now < _nextShow)
        {
            return;
        }

        _nextShow = now + PollMilliseconds;
        _shown = true;
        double rate = rows * 1000.0 / (now - _started);
        ProgressRecord record = new(_activityId, _activity, status ?? string.Create(CultureInfo.CurrentCulture, $"{rows:N0} rows, {rate:N0} rows/s"));
        if (Volatile.Read(ref _total) is > 0 and var total)
        {
            record.PercentComplete = (int)Math.Min(100, rows * 100 / total);
            record.SecondsRemaining = (int)(Math.Max(0, total - rows) / rate);
        }

        cmdlet.WriteProgress(record);
    }

    private static bool IsWanted(PSCmdlet cmdlet, string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? given)
            ? given is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.TryConvertTo(cmdlet.GetVariableValue(variable), out ActionPreference preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
