using Microsoft.Extensions.Logging;

namespace DbConductor;

/// <summary>
/// Loggers that write to the sink of the call that is under way. A session outlives the calls on it and may serve several threads at once,
/// so a log line finds its reader by the flow of the call and not by the session.
/// </summary>
public static class AmbientLog
{
    private static readonly AsyncLocal<ILogSink?> Sink = new();

    /// <summary>Makes such loggers.</summary>
    public static ILoggerFactory Factory { get; } = new RelayFactory();

    /// <summary>Sets the sink for what the current flow calls from here on.</summary>
    /// <returns>The sink so far, to be set again afterwards.</returns>
    public static ILogSink? Swap(ILogSink? sink)
    {
        ILogSink? before = Sink.Value;
        if (!ReferenceEquals(before, sink))
        {
            Sink.Value = sink;
        }

        return before;
    }

    private sealed class RelayFactory : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Relay();

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The sinks are the callers' own.");

        public void Dispose()
        {
        }
    }

    private sealed class Relay : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && Sink.Value?.Wants(Map(logLevel)) == true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Sink.Value!.Write(Map(logLevel), formatter(state, exception));
            }
        }

        private static LogLineLevel Map(LogLevel level) => level switch
        {
            LogLevel.Trace or LogLevel.Debug => LogLineLevel.Debug,
            LogLevel.Information => LogLineLevel.Verbose,
            _ => LogLineLevel.Warning,
        };
    }
}
