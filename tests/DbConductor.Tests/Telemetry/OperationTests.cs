using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DbConductor.Tests.Telemetry;

/// <summary>Meters and activity sources are the process's: these tests run alone, so that "nobody listens" can be had.</summary>
[Collection(Alone)]
public sealed class OperationTests
{
    private const string Alone = "Telemetry alone";

    private readonly OperationSource _source = new("postgresql", Guid.NewGuid().ToString("N")) { Server = "db1", Port = 5433, Database = Guid.NewGuid().ToString("N") };

    [Fact]
    public void Without_a_listener_it_allocates_nothing_and_remembers_nothing()
    {
        Operation first = Operation.Start(NullLogger.Instance, _source, "save");
        first.RowsWritten = 5;
        first.BatchId = "b";
        first.Fail(new InvalidOperationException());
        first.Statement("select 1");
        first.Dispose();
        Operation second = Operation.Start(NullLogger.Instance, _source, "get");

        Assert.Same(first, second);
        Assert.Null(second.RowsWritten);
        Assert.Null(second.BatchId);
    }

    [Fact]
    public void It_writes_one_entry_with_what_is_known()
    {
        CollectingLogger log = new();
        using (Operation operation = Operation.Start(log, _source, "save", new TableName("s", "t")))
        {
            operation.Statement("insert into t values (@p0)");
            operation.RowsWritten = 42;
            operation.BatchId = "day 1";
            operation.Attempt = 2;
            operation.Dispose();
        }

        Assert.Equal(2, log.Entries.Count);
        (LogLevel level, EventId id, string text, Dictionary<string, object?> fields) = log.Entries[0];
        Assert.Equal((LogLevel.Debug, OperationEvents.Statement), (level, id));
        Assert.Equal($"save {_source.Adapter}: table=s.t insert into t values (@p0)", text);
        (level, id, text, fields) = log.Entries[1];
        Assert.Equal((LogLevel.Information, OperationEvents.Completed), (level, id));
        Assert.StartsWith($"save {_source.Adapter}: table=s.t rows=42 milliseconds=", text, StringComparison.Ordinal);
        Assert.Equal(["Operation", "Adapter", "Table", "Rows", "Milliseconds", "Attempt", "BatchId"], fields.Keys);
        Assert.Equal(42L, fields["Rows"]);
    }

    [Fact]
    public void A_failure_is_told_by_its_kind_never_by_its_message()
    {
        CollectingLogger log = new();
        List<Activity> spans = [];
        using ActivityListener listener = Listen(spans);
        using (Operation operation = Operation.Start(log, _source, "save", new TableName(null, "t")))
        {
            operation.Fail(new DbConductorException(DbErrorKind.DuplicateKey, "hush-hush") { ServerCode = "23505" });
        }

        (LogLevel level, EventId id, string text, _) = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Information, OperationEvents.Failed), (level, id));
        Assert.EndsWith("error=DuplicateKey serverCode=23505", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
        Activity span = Assert.Single(spans);
        Assert.Equal((ActivityStatusCode.Error, "DuplicateKey"), (span.Status, span.StatusDescription));
        Assert.Equal("DuplicateKey", span.GetTagItem("error.type"));
        Assert.Equal("23505", span.GetTagItem("db.response.status_code"));
    }

    [Fact]
    public async Task Run_marks_what_the_work_throws_and_lets_it_through()
    {
        CollectingLogger log = new();
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Operation.RunAsync<int>(log, _source, "get", null, _ => throw new OperationCanceledException()));
        int rows = await Operation.RunAsync(log, _source, "get", null, operation => Task.FromResult((int)(operation.RowsRead = 3)));

        Assert.Equal(3, rows);
        Assert.Contains("error=Cancelled", log.Entries[0].Text, StringComparison.Ordinal);
        Assert.Equal(OperationEvents.Completed, log.Entries[1].Id);
    }

    [Fact]
    public void Spans_follow_the_conventions_and_nest_in_the_callers()
    {
        List<Activity> spans = [];
        using ActivityListener listener = Listen(spans);
        using Activity caller = new Activity("script").Start();
        using (Operation operation = Operation.Start(NullLogger.Instance, _source, "get", new TableName(null, "air")))
        {
            operation.RowsRead = 7;
        }

        Activity span = Assert.Single(spans);
        Assert.Equal(("get air", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal(caller.TraceId, span.TraceId);
        Assert.Same(caller, Activity.Current);
        Dictionary<string, object?> tags = span.TagObjects.ToDictionary();
        Assert.Equal("postgresql", tags["db.system.name"]);
        Assert.Equal("get", tags["db.operation.name"]);
        Assert.Equal("air", tags["db.collection.name"]);
        Assert.Equal(_source.Database, tags["db.namespace"]);
        Assert.Equal("db1", tags["server.address"]);
        Assert.Equal(5433, tags["server.port"]);
        Assert.Equal(7L, tags["db.response.returned_rows"]);
        Assert.DoesNotContain("error.type", tags.Keys);
    }

    [Fact]
    public void Duration_is_recorded_in_seconds_and_rows_are_counted_by_direction()
    {
        Dictionary<string, double> measured = [];
        Dictionary<string, object?> tags = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == Instruments.SourceName)
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, t, _) => Note(i, value, t));
        listener.SetMeasurementEventCallback<double>((i, value, t, _) => Note(i, value, t));
        listener.Start();

        using (Operation operation = Operation.Start(NullLogger.Instance, _source, "copy", new TableName(null, "t")))
        {
            operation.RowsRead = 3;
            operation.RowsWritten = 2;
            Thread.Sleep(20);
        }

        Assert.Equal(3, measured["dbconductor.rows.read"]);
        Assert.Equal(2, measured["dbconductor.rows.written"]);
        Assert.InRange(measured["db.client.operation.duration"], 0.015, 10);
        Assert.Equal(
            ["db.collection.name", "db.namespace", "db.operation.name", "db.system.name", "server.address", "server.port"], tags.Keys.Order());

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> given)
        {
            Dictionary<string, object?> all = given.ToArray().ToDictionary();
            if (Equals(all["db.namespace"], _source.Database))
            {
                measured[instrument.Name] = value;
                tags = all;
            }
        }
    }

    private ActivityListener Listen(List<Activity> spans)
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == Instruments.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("db.namespace"), _source.Database))
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Keeps every other test away while these run.</summary>
    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class AloneCollection;
}
