using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace DbConductor;

/// <summary>
/// One operation of an adapter as logs, traces and metrics see it: a span, a duration, the rows, a log entry, all written when it is disposed.
/// Costs nothing, not even an allocation, where nobody listens.
/// </summary>
/// <remarks>
/// Names follow OpenTelemetry's semantic conventions for database clients. The text of a statement goes to the log at Debug and not into the span,
/// since a native query can hold literals; parameters' values go nowhere.
/// </remarks>
public sealed class Operation : IDisposable
{
    internal const string OperationField = "Operation";
    internal const string AdapterField = "Adapter";
    internal const string StatementField = "Statement";

    private static readonly Operation Unheard = new();

    private readonly ILogger? _logger;
    private readonly OperationSource? _source;
    private readonly string _name = "";
    private readonly string? _table;
    private readonly Activity? _activity;
    private readonly long _started;
    private Exception? _failure;
    private bool _ended;

    private Operation()
    {
    }

    private Operation(ILogger logger, OperationSource source, string name, TableName? table)
    {
        _logger = logger;
        _source = source;
        _name = name;
        _table = table?.ToString();
        if (Instruments.Activities.HasListeners())
        {
            string span = _table is null ? name : $"{name} {_table}";
            _activity = Instruments.Activities.StartActivity(span, ActivityKind.Client, default(ActivityContext), StartTags());
        }

        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>Rows written so far; counted into the metrics at the end.</summary>
    public long? RowsWritten { get; set => field = Heard ? value : null; }

    /// <summary>Rows read so far; counted into the metrics at the end.</summary>
    public long? RowsRead { get; set => field = Heard ? value : null; }

    /// <summary>Which attempt it is, from 1; null where the operation is never sent again.</summary>
    public int? Attempt { get; set => field = Heard ? value : null; }

    /// <summary>The batch's id in the ledger.</summary>
    public string? BatchId { get; set => field = Heard ? value : null; }

    private bool Heard => _source is not null;

    /// <summary>Starts an operation; disposing ends it. It may outlive the method that starts it, as that of a reader does.</summary>
    /// <param name="logger">The adapter's logger.</param>
    /// <param name="source">What the session's operations have in common.</param>
    /// <param name="name">What is done, in one word of a small set: <c>save</c>, <c>get</c>, <c>query</c>, <c>connect</c>, ...</param>
    /// <param name="table">The table or collection concerned.</param>
    public static Operation Start(ILogger logger, OperationSource source, string name, TableName? table = null)
    {
        ArgumentNullException.ThrowIfNull(logger);
        bool heard = logger.IsEnabled(LogLevel.Information) || logger.IsEnabled(LogLevel.Debug) || Instruments.Activities.HasListeners()
            || Instruments.Duration.Enabled || Instruments.RowsWritten.Enabled || Instruments.RowsRead.Enabled;
        return heard ? new(logger, source, name, table) : Unheard;
    }

    /// <summary>Runs work as one operation, and marks it as failed by whatever the work throws.</summary>
    /// <param name="logger">The adapter's logger.</param>
    /// <param name="source">What the session's operations have in common.</param>
    /// <param name="name">What is done, as in <see cref="Start"/>.</param>
    /// <param name="table">The table or collection concerned.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> RunAsync<T>(ILogger logger, OperationSource source, string name, TableName? table, Func<Operation, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using Operation operation = Start(logger, source, name, table);
        try
        {
            return await work(operation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            operation.Fail(e);
            throw;
        }
    }

    /// <summary>Marks the operation as failed or, by an <see cref="OperationCanceledException"/>, cancelled.</summary>
    public void Fail(Exception error)
    {
        if (Heard)
        {
            _failure = error;
        }
    }

    /// <summary>Logs a statement at Debug as it is sent: the text with its parameters' markers, never their values.</summary>
    public void Statement(string text)
    {
        if (_logger is not null && _logger.IsEnabled(LogLevel.Debug))
        {
            Write(LogLevel.Debug, OperationEvents.Statement, Entry().With(StatementField, text));
        }
    }

    /// <summary>Ends the operation: only the first call counts.</summary>
    public void Dispose()
    {
        if (_source is null || _ended)
        {
            return;
        }

        _ended = true;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        string? error = ErrorType(_failure);
        string? code = (_failure as DbConductorException)?.ServerCode;
        Count(elapsed, error, code);
        EndActivity(error, code);
        if (_logger!.IsEnabled(LogLevel.Information))
        {
            OperationEntry entry = Entry().With("Rows", RowsWritten ?? RowsRead).With("Milliseconds", Math.Round(elapsed.TotalMilliseconds, 3))
                .With("Attempt", Attempt).With("BatchId", BatchId).With("Error", error).With("ServerCode", code);
            Write(LogLevel.Information, _failure is null ? OperationEvents.Completed : OperationEvents.Failed, entry);
        }
    }

    private static string? ErrorType(Exception? failure) => failure switch
    {
        null => null,
        DbConductorException e => e.Kind.ToString(),
        OperationCanceledException => nameof(DbErrorKind.Cancelled),
        _ => failure.GetType().FullName,
    };

    private TagList StartTags()
    {
        TagList tags = new() { { "db.system.name", _source!.System }, { "db.operation.name", _name } };
        Add(ref tags, "db.collection.name", _table);
        Add(ref tags, "db.namespace", _source.Database);
        Add(ref tags, "server.address", _source.Server);
        Add(ref tags, "server.port", _source.Port);
        return tags;
    }

    private static void Add(ref TagList tags, string name, object? value)
    {
        if (value is not null)
        {
            tags.Add(name, value);
        }
    }

    private void Count(TimeSpan elapsed, string? error, string? code)
    {
        TagList tags = StartTags();
        if (RowsWritten is > 0)
        {
            Instruments.RowsWritten.Add(RowsWritten.Value, tags);
        }

        if (RowsRead is > 0)
        {
            Instruments.RowsRead.Add(RowsRead.Value, tags);
        }

        Add(ref tags, "error.type", error);
        Add(ref tags, "db.response.status_code", code);
        Instruments.Duration.Record(elapsed.TotalSeconds, tags);
    }

    private void EndActivity(string? error, string? code)
    {
        if (_activity is null)
        {
            return;
        }

        // SetTag with null adds nothing. Batch and session are ours: the conventions have no name for them.
        _activity.SetTag("dbconductor.adapter", _source!.Adapter).SetTag("dbconductor.batch_id", BatchId).SetTag("dbconductor.attempt", Attempt)
            .SetTag("dbconductor.rows_written", RowsWritten).SetTag("db.response.returned_rows", RowsRead)
            .SetTag("error.type", error).SetTag("db.response.status_code", code);
        if (error is not null)
        {
            // the kind, not the message: a span is read by more people than an error
            _activity.SetStatus(ActivityStatusCode.Error, error);
        }

        _activity.Dispose();
    }

    private OperationEntry Entry() =>
        new OperationEntry().With(OperationField, _name).With(AdapterField, _source!.Adapter).With("Table", _table);

    private void Write(LogLevel level, EventId id, OperationEntry entry) =>
        _logger!.Log(level, id, entry, null, static (state, _) => state.ToString());
}
