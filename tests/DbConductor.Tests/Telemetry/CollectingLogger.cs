using Microsoft.Extensions.Logging;

namespace DbConductor.Tests.Telemetry;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectingLogger : ILogger
{
    public List<(LogLevel Level, EventId Id, string Text, Dictionary<string, object?> Fields)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Dictionary<string, object?> fields = state is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.ToDictionary() : [];
        Entries.Add((logLevel, eventId, formatter(state, exception), fields));
    }
}
