using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DbConductor;

/// <summary>
/// The core's meter and activity source, both named <c>DbConductor</c>; names of instruments and tags follow OpenTelemetry's database conventions.
/// </summary>
public static class Instruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string SourceName = "DbConductor";

    /// <summary>Spans: one per operation.</summary>
    public static ActivitySource Activities { get; } = new(SourceName);

    /// <summary>The meter of all instruments.</summary>
    public static Meter Meter { get; } = new(SourceName);

    /// <summary>Seconds per operation.</summary>
    public static Histogram<double> Duration { get; } =
        Meter.CreateHistogram<double>("db.client.operation.duration", "s", "Duration of database client operations.");

    /// <summary>Rows written.</summary>
    public static Counter<long> RowsWritten { get; } = Meter.CreateCounter<long>("dbconductor.rows.written", "{row}", "Rows written.");

    /// <summary>Rows read.</summary>
    public static Counter<long> RowsRead { get; } = Meter.CreateCounter<long>("dbconductor.rows.read", "{row}", "Rows read.");
}
