using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Shows rejected rows of a table of rejects, or of a file, in the order in which they were refused.</summary>
[Cmdlet(VerbsCommon.Get, "DbReject", DefaultParameterSetName = "From")]
[OutputType(typeof(DbReject))]
public sealed class GetDbRejectCommand : DbAdapterCmdlet
{
    /// <summary>The table of rejects, as it was given to <c>-RejectInto</c>.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    /// <summary>The file of rejects.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file of rejects, its name to the letter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Only rows that were to go into this table.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? Into { get; set; }

    /// <summary>Only rows of this batch.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BatchId { get; set; }

    // a file needs no session
    private protected override void Begin()
    {
        if (From.Length > 0)
        {
            base.Begin();
        }
    }

    private protected override void End()
    {
        string? target = Into is null ? null : TableName.Parse(Into).ToString();
        if (From.Length == 0)
        {
            string path = LiteralPath.Length > 0 ? ResolvePath(LiteralPath) : ResolvePath(Path);
            foreach (Reject reject in Await(cancel => RejectFile.ReadAsync(path, cancel)))
            {
                if ((target is null || reject.Target == target) && (BatchId is null || reject.BatchId == BatchId))
                {
                    WriteObject(new DbReject(reject, null, path));
                }
            }

            return;
        }

        TableName from = TableName.Parse(From, Schema);
        List<Filter> where = [];
        if (target is not null)
        {
            where.Add(new CompareFilter("target", CompareOp.Equal, target, TextMatch.Exact));
        }

        if (BatchId is not null)
        {
            where.Add(new CompareFilter("batch_id", CompareOp.Equal, BatchId, TextMatch.Exact));
        }

        BatchQuery query = new(from) { Where = where.Count == 0 ? null : Filter.All([.. where]), OrderBy = [new("rejected_at"), new("input_row")] };
        IDbOperations source = Session.ForReading();
        RowReader rows = Await(cancel => source.GetAsync(query, cancel));
        try
        {
            RowWalker walker = new(rows);
            while (Await(async cancel => await walker.NextAsync(cancel).ConfigureAwait(false)) is var step and not RowStep.End)
            {
                if (step == RowStep.Row)
                {
                    WriteObject(new DbReject(RejectTable.Read(rows), Session, from.ToString()));
                }
            }
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }
}
