namespace DbConductor;

/// <summary>How rows are written.</summary>
public sealed record SaveOptions
{
    /// <summary>What happens to rows that are there already.</summary>
    public SaveMode Mode { get; init; } = SaveMode.Insert;

    /// <summary>The columns that identify a row; empty means the table's primary key.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Whether a table that is missing is created.</summary>
    public bool CreateTable { get; init; }

    /// <summary>Declared types by column, for a table that is created.</summary>
    public IReadOnlyDictionary<string, PortableType> ColumnTypes { get; init; } = new Dictionary<string, PortableType>();

    /// <summary>Texts that mean null, by column; the entry under the empty name holds for every column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NullTexts { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What happens to a column that the table lacks, where the rows have no fixed shape.</summary>
    public NewColumnPolicy OnNewColumn { get; init; }

    /// <summary>The column of JSON that gathers what the table lacks (<see cref="NewColumnPolicy.Json"/>).</summary>
    public const string GatheredName = "other_columns";

    /// <summary>
    /// The batch's id in the ledger (<see cref="LedgerEntry"/>); null means none. Under one id a table's batch lands once, however often it is sent.
    /// </summary>
    public string? BatchId { get; init; }

    /// <summary>
    /// The lease under which the rows are written, of a stash that may be in another database; null means none. Each commit enters its number into the ledger beside the table
    /// (<see cref="LedgerEntry"/>), in the same transaction: a holder that was paused, and comes back when a later one has written there, is refused by that.
    /// </summary>
    public StashLease? Lease { get; init; }

    /// <summary>Where rows go that are refused one by one; null means that the first one ends the call.</summary>
    public RejectOptions? Reject { get; init; }

    /// <summary>Rows per commit; null means one commit for the whole call.</summary>
    public long? CommitEvery { get; init; }

    /// <summary>Rows per round trip; null leaves it to the adapter.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Called now and then with the number of rows sent so far, on any thread.</summary>
    public Action<long>? OnProgress { get; init; }

    /// <summary>Refuses options that mean nothing or contradict each other.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>.</exception>
    public void RequireValid()
    {
        if (CommitEvery is <= 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-CommitEvery needs a number of rows above zero.");
        }

        if (BatchSize is <= 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-BatchSize needs a number of rows above zero.");
        }

        if (CommitEvery is not null && Mode == SaveMode.Overwrite)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "-Mode Overwrite replaces the table as a whole, in one commit: leave -CommitEvery out.");
        }

        if (BatchId is { } id)
        {
            LedgerEntry.CheckId(id);
        }
    }
}
