using System.Data;
using System.Diagnostics;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Sends repaired rejects again: their rows land, and the rejects go, in one transaction. Where a row is refused again, nothing has happened.
/// </summary>
[Cmdlet(VerbsLifecycle.Submit, "DbReject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DbWriteResult))]
public sealed class SubmitDbRejectCommand : DbAdapterCmdlet
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<DbReject> _rejects = [];
    private DbAdapterSession? _current;

    /// <summary>Rejects of Get-DbReject, their <c>Data</c> repaired.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DbReject InputObject { get; set; } = null!;

    /// <summary>The table; else the one into which each row was to go.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? Into { get; set; }

    /// <summary>What happens to rows that are there already.</summary>
    [Parameter]
    [ValidateSet("Insert", "Upsert", "SkipExisting")]
    public string Mode { get; set; } = "Insert";

    /// <summary>The columns that identify a row; else the table's primary key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Key { get; set; } = [];

    // a reject of a table brings its session
    private protected override void Begin()
    {
    }

    private protected override void Process() => _rejects.Add(InputObject);

    private protected override void End()
    {
        foreach (IGrouping<DbAdapterSession, DbReject> mine in _rejects.GroupBy(r => Adapter is null && r.Adapter is { } own ? own : Session).ToArray())
        {
            _current = mine.Key;
            if (ShouldProcess($"{string.Join(", ", mine.Select(TargetOf).Distinct())} of session '{mine.Key.Name}'", $"Submit {mine.Count()} rejects"))
            {
                Submit(mine.Key, [.. mine]);
            }
        }
    }

    private protected override void OnError(DbConductorException error)
    {
        _current?.Observe(error);
        _current?.Doom(error);
    }

    private void Submit(DbAdapterSession session, DbReject[] rejects)
    {
        List<DbWriteResult> results = [];
        IDbOperations operations = session.ForWriting();
        IDbTransaction? own = null;
        if (session.Transaction is null && session.Adapter.Info.Transactions)
        {
            session.RequireNotFed();
            operations = own = Await(cancel => session.Adapter.BeginAsync(IsolationLevel.Unspecified, cancel));
        }

        try
        {
            IGrouping<string, DbReject>[] kept = [.. rejects.Where(r => r.Adapter is not null).GroupBy(r => r.From)];
            bool together = own is not null || session.Transaction is not null;
            foreach (IGrouping<string, DbReject> table in kept)
            {
                // first, so that whoever submits the same waits here; but without a transaction a row must land before its reject may go
                Take(operations, table.Key, [.. table], looksOnly: !together);
            }

            foreach (IGrouping<string, DbReject> rows in rejects.GroupBy(TargetOf))
            {
                results.Add(new DbWriteResult("Submit", session, rows.Key, Save(operations, TableName.Parse(rows.Key), rows), null, _clock.Elapsed));
            }

            foreach (IGrouping<string, DbReject> table in kept.Where(_ => !together))
            {
                Take(operations, table.Key, [.. table], looksOnly: false);
            }

            if (own is not null)
            {
                Await(own.CommitAsync);
            }
        }
        finally
        {
            if (own is not null)
            {
                AwaitToTheEnd(_ => own.DisposeAsync().AsTask());
            }
        }

        foreach (IGrouping<string, DbReject> file in rejects.Where(r => r.Adapter is null).GroupBy(r => r.From))
        {
            HashSet<Guid> ids = [.. file.Select(r => r.Id)];
            Await(cancel => RejectFile.RemoveAsync(file.Key, ids, cancel));
        }

        results.ForEach(WriteObject);
    }

    private string TargetOf(DbReject reject) => Into ?? reject.Table;

    private void Take(IDbOperations operations, string from, DbReject[] rejects, bool looksOnly)
    {
        Column id = RejectTable.Schema.Columns[0];
        long gone = Await(async cancel =>
        {
            if (looksOnly)
            {
                return await operations.CountAsync(TableName.Parse(from), new InFilter(id.Name, [.. rejects.Select(r => (object?)r.Id)]), cancel).ConfigureAwait(false);
            }

            BufferedRows ids = new([id], rejects.Select(r => new object?[] { r.Id }));
            return await operations.DeleteAsync(TableName.Parse(from), ids, [id.Name], cancel).ConfigureAwait(false);
        });
        if (gone != rejects.Length)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"{rejects.Length - gone} of these {rejects.Length} rejects are not in '{from}' any more: somebody has submitted them. Get them anew with Get-DbReject.")
            { Target = from };
        }
    }

    private SaveResult Save(IDbOperations operations, TableName table, IEnumerable<DbReject> rejects)
    {
        SaveOptions options = new() { Mode = Enum.Parse<SaveMode>(Mode, ignoreCase: true), Key = Key };
        SaveResult? saved = null;
        using PipedRows rows = new(
            async reader => saved = await Log.Start(() => operations.SaveAsync(table, reader, options, Cancel)).ConfigureAwait(false), Log.Wait, Cancel);
        foreach (DbReject reject in rejects)
        {
            rows.Add(reject.Data);
        }

        rows.Complete();
        return saved!;
    }
}
