using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Copies rows from table to table, also between databases: they stream past PowerShell, and land as a whole or not at all.</summary>
[Cmdlet(VerbsCommon.Copy, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class CopyDbBatchCommand : DbTransferCmdlet
{
    private DbAdapterSession? _source;

    /// <summary>The table that is read; <c>'s.t'</c> splits at the dot.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string From { get; set; } = "";

    /// <summary>The table that is written; <c>'s.t'</c> splits at the dot.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string Into { get; set; } = "";

    /// <summary>Which rows: a hashtable, or a script block that is translated.</summary>
    [Parameter]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Which columns, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public object[]? Property { get; set; }

    /// <summary>What happens to a column that the table lacks, where the rows have no fixed shape.</summary>
    [Parameter]
    [ValidateSet("Stop", "Add", "Json")]
    public string OnNewColumn { get; set; } = "Stop";

    private protected override NewColumnPolicy NewColumns => Enum.Parse<NewColumnPolicy>(OnNewColumn, ignoreCase: true);

    private protected override string Operation => "Copy";

    private DbAdapterSession Source => _source ??= UseSession(FromAdapter);

    private protected override void End()
    {
        BatchQuery query = new(TableName.Parse(From))
        {
            Where = FilterTranslator.Read(Where, SessionState),
            Columns = ColumnArguments.Picks(Property),
            Deferred = true,
        };
        IDbOperations source = Source.ForReading();
        if (!Prepare(TableName.Parse(Into)))
        {
            return;
        }

        RowReader rows = Await(cancel => source.GetAsync(query, cancel));
        try
        {
            if (IsPlan)
            {
                WritePlan(rows, Await(cancel => source.CountAsync(query.Table, query.Where, cancel)));
                return;
            }

            Log.Track($"Copy {query.Table} into {Write.Table}", rows.RowCount);
            WriteResult(Await(cancel => Write.Operations.SaveAsync(Write.Table, rows, Write.Options with { OnProgress = Log.Report }, cancel)));
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }

    private protected override void OnError(DbConductorException error)
    {
        if (error.Kind == DbErrorKind.Connection && _source is not null && _source != FoundTarget && !Stopping)
        {
            // the error does not tell which end was lost; asking does
            ObserveAlive(_source);
        }
        else
        {
            _source?.Observe(error);
        }

        base.OnError(error);
    }

    private void ObserveAlive(DbAdapterSession session)
    {
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(3));
            Log.Wait(Log.Start(() => session.Adapter.PingAsync(patience.Token)));
        }
        catch (DbConductorException error)
        {
            session.Observe(error);
        }
        catch (OperationCanceledException)
        {
            session.Observe(new DbConductorException(DbErrorKind.Connection, "The server does not answer."));
        }
    }
}
