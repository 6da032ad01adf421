using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>What was written to a file.</summary>
public sealed class DbExportResult
{
    internal DbExportResult(DbAdapterSession session, string source, FileExportResult written, TimeSpan elapsed)
    {
        (Adapter, From, Path, Rows, Bytes, Elapsed) = (session.Name, source, written.Path, written.Rows, written.Bytes, elapsed);
        Format = written.Kind.Format + (written.Kind.Gzip ? ", gzip" : "");
    }

    /// <summary>The session's name.</summary>
    public string Adapter { get; }

    /// <summary>The table or collection; <c>query</c> for the rows of one.</summary>
    public string From { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary><c>Csv</c>, <c>Tsv</c> or <c>JsonLines</c>, and whether it is compressed.</summary>
    public string Format { get; }

    /// <summary>Rows written.</summary>
    public long Rows { get; }

    /// <summary>The file's size.</summary>
    public long Bytes { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Rows per second.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Math.Round(Rows / Elapsed.TotalSeconds, 1) : 0;
}
