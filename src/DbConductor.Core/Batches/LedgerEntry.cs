using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DbConductor;

/// <summary>
/// What the ledger knows of a batch, or of one commit of it: a row of <see cref="Table"/>, which stands beside the batch's table, in its schema or database,
/// and is written in the same transaction as the rows.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>The name of the ledger's table or collection.</summary>
    public const string Table = "dbconductor_ledger";

    /// <summary>The longest id of a batch, in characters.</summary>
    public const int LongestId = 200;

    /// <summary>
    /// The columns. The key is a hash of table and batch id in plain letters, since databases compare text differently; the commit's number is the rest of it.
    /// </summary>
    public static TableSchema Schema { get; } = new(
    [
        new("id", new(PortableKind.String, Length: 64)) { Nullable = false },
        new("chunk", new(PortableKind.Int32)) { Nullable = false },
        new("target", new(PortableKind.String)) { Nullable = false },
        new("batch_id", new(PortableKind.String)) { Nullable = false },
        new("mode", new(PortableKind.String)) { Nullable = false },
        new("saved_rows", new(PortableKind.Int64)) { Nullable = false },
        new("rejected_rows", new(PortableKind.Int64)) { Nullable = false },
        new("input_rows", new(PortableKind.Int64)) { Nullable = false },
        new("content", new(PortableKind.String)) { Nullable = false },
        new("is_complete", new(PortableKind.Boolean)) { Nullable = false },
        new("saved_at", new(PortableKind.DateTimeOffset)) { Nullable = false },
    ])
    { Key = ["id", "chunk"] };

    /// <summary>The table, without its schema, as the database spells it.</summary>
    public required string Target { get; init; }

    /// <summary>The batch's id.</summary>
    public required string BatchId { get; init; }

    /// <summary>Which commit of the batch, counted from 1; a batch that is committed as a whole has only the first.</summary>
    public int Chunk { get; init; } = 1;

    /// <summary>How the rows were written.</summary>
    public required SaveMode Mode { get; init; }

    /// <summary>Rows that landed, in this commit and those before it.</summary>
    public long Rows { get; init; }

    /// <summary>Rows that were rejected, in this commit and those before it.</summary>
    public long Rejected { get; init; }

    /// <summary>Rows of the input, in this commit and those before it: landed, skipped and rejected ones.</summary>
    public long InputRows { get; init; }

    /// <summary>The content of these rows of the input, as <see cref="BatchContent"/> writes it.</summary>
    public string Content { get; init; } = "";

    /// <summary>Whether the batch ended with this commit.</summary>
    public bool IsComplete { get; init; }

    /// <summary>When the commit was under way.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// What the ledger keeps of a lease under which rows are written beside it: under the commit's number 0, which no batch has, with the lease's number as
    /// <see cref="InputRows"/>.
    /// </summary>
    /// <param name="lease">The lease.</param>
    public static LedgerEntry Of(StashLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return new()
        {
            Target = $"lease of {lease.Place}", BatchId = lease.Name, Chunk = 0, Mode = SaveMode.Insert, InputRows = lease.Fence, Content = lease.Owner, Time = Now(),
        };
    }

    /// <summary>The time as the ledger and tables of rejects keep it: to the millisecond, which every database can.</summary>
    internal static DateTimeOffset Now()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>What stands in the column <c>id</c>: SHA-256 over table and batch id, in hexadecimal digits.</summary>
    public static string IdOf(string target, string batchId) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{target}\0{batchId}"))).ToLowerInvariant();

    /// <summary>Refuses an id that no ledger can keep.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>.</exception>
    public static void CheckId(string batchId)
    {
        if (string.IsNullOrWhiteSpace(batchId) || batchId.Length > LongestId || batchId.Contains('\0', StringComparison.Ordinal))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"-BatchId needs between 1 and {LongestId} characters, not all blank and none of them NUL."));
        }
    }

    /// <summary>The values of the columns of <see cref="Schema"/>.</summary>
    public object?[] ToValues() =>
    [
        IdOf(Target, BatchId), Chunk, Target, BatchId, Mode.ToString(), Rows, Rejected, InputRows, Content, IsComplete, Time,
    ];

    /// <summary>The entry on which a reader of the columns of <see cref="Schema"/>, in their order, stands.</summary>
    public static LedgerEntry Read(RowReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Target = Cell<string>(row, 2),
            BatchId = Cell<string>(row, 3),
            Chunk = Cell<int>(row, 1),
            Mode = Enum.Parse<SaveMode>(Cell<string>(row, 4)),
            Rows = Cell<long>(row, 5),
            Rejected = Cell<long>(row, 6),
            InputRows = Cell<long>(row, 7),
            Content = Cell<string>(row, 8),
            IsComplete = Cell<bool>(row, 9),
            Time = Cell<DateTimeOffset>(row, 10),
        };
    }

    /// <summary>Says so where what is sent now is not what was sent under this id before.</summary>
    /// <param name="mode">The mode of this call.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.BatchMismatch"/>.</exception>
    public void RequireMode(SaveMode mode)
    {
        if (mode != Mode)
        {
            throw Mismatch($"with -Mode {Mode}, and this call says -Mode {mode}");
        }
    }

    /// <inheritdoc cref="RequireMode"/>
    /// <param name="content">The content of as many rows of this call's input as the entry has; of all of them where the batch is complete.</param>
    public void RequireContent(BatchContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.ToString() == Content)
        {
            return;
        }

        throw Mismatch(content.Rows != InputRows
            ? string.Create(CultureInfo.InvariantCulture, $"with {InputRows:N0} rows, and this call has {content.Rows:N0}")
            : IsComplete ? "with other rows"
            : string.Create(CultureInfo.InvariantCulture, $"with other rows among the first {InputRows:N0}, which are committed (a batch that goes on after -CommitEvery must come in the same order)"));
    }

    private DbConductorException Mismatch(string how) => new(
        DbErrorKind.BatchMismatch,
        $"Batch '{BatchId}' was written into '{Target}' before {how}. Nothing was written now. Take another -BatchId for other content.")
    { Target = Target };

    private static T Cell<T>(RowReader row, int i) =>
        (T)ValueConversion.Convert(row.IsDBNull(i) ? null : row.GetValue(i), Schema.Columns[i])!;
}
