using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>What a cmdlet that writes has done.</summary>
public sealed class DbWriteResult
{
    internal DbWriteResult(string operation, DbAdapterSession session, string table, long rows, TimeSpan elapsed)
    {
        (Operation, Adapter, Table, Rows, Elapsed) = (operation, session.Name, table, rows, elapsed);
        Status = "Done";
    }

    internal DbWriteResult(string operation, DbAdapterSession session, string table, SaveResult saved, string? batchId, TimeSpan elapsed)
        : this(operation, session, table, saved.Rows, elapsed)
    {
        (Skipped, Rejected, Replayed, Bytes, Created, Commits) = (saved.Skipped, saved.Rejected, saved.Replayed, saved.Bytes, saved.Created, saved.Commits);
        (Status, Path, BatchId, Warnings) = (saved.Status.ToString(), saved.Path, batchId, saved.Warnings.ToArray());
    }

    /// <summary>What was done: <c>Save</c>, <c>Import</c>, <c>Copy</c>, <c>Update</c>, <c>Remove</c>, <c>Submit</c>, <c>Query</c>.</summary>
    public string Operation { get; }

    /// <summary>The session's name.</summary>
    public string Adapter { get; }

    /// <summary>The table or collection.</summary>
    public string Table { get; }

    /// <summary>The file that the rows came from; null where they came from none.</summary>
    public string? Source { get; internal init; }

    /// <summary>Rows landed; for Update rows matched, for Remove rows removed.</summary>
    public long Rows { get; }

    /// <summary>Rows of the input that were left out: their key was there (SkipExisting) or came again later.</summary>
    public long Skipped { get; }

    /// <summary>Rows refused one by one, where rejecting is on.</summary>
    public long Rejected { get; }

    /// <summary>Rows of the batch that an earlier call with the same id had landed; they are not in <see cref="Rows"/>.</summary>
    public long Replayed { get; }

    /// <summary><c>Saved</c>, <c>Replayed</c>, or <c>Done</c>.</summary>
    public string Status { get; }

    /// <summary>The path taken, such as <c>binary COPY</c>.</summary>
    public string? Path { get; }

    /// <summary>How long it took, the making of piped rows included.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Rows per second.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Math.Round(Rows / Elapsed.TotalSeconds, 1) : 0;

    /// <summary>Bytes sent; null where the driver does not tell.</summary>
    public long? Bytes { get; }

    /// <summary>The batch's id in the ledger; null where none was given.</summary>
    public string? BatchId { get; }

    /// <summary>Whether the table was created.</summary>
    public bool Created { get; }

    /// <summary>How many commits were made; 0 inside a transaction.</summary>
    public int Commits { get; }

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<string> Warnings { get; } = Array.Empty<string>();
}
