using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Writes piped objects, one or millions, into a table or collection: as a whole or not at all. Nothing is committed before the pipeline has ended well.
/// </summary>
[Cmdlet(VerbsData.Save, "DbBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class SaveDbBatchCommand : DbTableWriterCmdlet
{
    private IDisposable? _feed;
    private PipedRows? _rows;
    private SaveResult? _saved;
    private PlannedRows? _planned;
    private CancellationTokenSource? _limit;
    private bool _ended;

    /// <summary>Rows: objects, dictionaries, a DataTable or a data reader.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>How long the write may take, the making of piped rows included. When it runs out, nothing is written.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override string Operation => "Save";

    /// <summary>Rolls back what an early end of the pipeline leaves unfinished.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!_ended && _rows is not null)
        {
            Target.Doom(new DbConductorException(DbErrorKind.Cancelled, $"The pipeline into {Write.Table} ended before its rows were complete."));
            Abandon();
        }

        _rows?.Dispose();
        _feed?.Dispose();
        _limit?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Begin()
    {
        if (!Prepare())
        {
            return;
        }

        _limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        if (Timeout is { } timeout)
        {
            _limit.CancelAfter(timeout);
        }

        if (IsPlan)
        {
            bool isNew = Await(cancel => Write.Operations.DescribeAsync(Write.Table, cancel)) is null;
            _planned = new PlannedRows(Write.Options, isNew && CreateTable);
        }
        else if (MyInvocation.ExpectingInput)
        {
            _feed = Target.Feed();
        }

        _rows = new PipedRows(rows => _planned is null ? SaveAsync(rows) : _planned.ReadAsync(rows, Cancel), Log.Wait, Cancel);
    }

    private protected override void Process()
    {
        if (_limit is { IsCancellationRequested: true } && !Cancel.IsCancellationRequested)
        {
            throw TimedOut();
        }

        if (_rows is not null)
        {
            _rows.Add(InputObject);
            Log.Tick(_rows.Count);
        }
    }

    private protected override void End()
    {
        if (_rows is null)
        {
            return;
        }

        _rows.Complete();
        if (_planned is not null)
        {
            WritePlan(_planned.Columns, _rows.Count, _planned.Warnings);
        }
        else if (_rows.Count > 0)
        {
            WriteResult(_saved!);
        }
        else
        {
            SaveNothing();
        }

        _ended = true;
    }

    private protected override void OnError(DbConductorException error)
    {
        _ended = true;
        base.OnError(error);
    }

    private protected override object? TargetOf(DbConductorException error) => _rows?.TargetOf(error, InputObject);

    /// <summary>No rows are no error: the table is still created or emptied where that was asked for.</summary>
    private void SaveNothing()
    {
        Column[] columns = [.. ColumnArguments.Types(ColumnType).Select(c => new Column(c.Key, c.Value))];
        if (CreateTable && columns.Length == 0)
        {
            WriteVerbose($"No rows came and no -ColumnType was given: {Write.Table} is not created if it is absent.");
        }

        Await(async _ => await SaveAsync(new BufferedRows(columns, [])).ConfigureAwait(false));
        WriteResult(_saved!);
    }

    private async Task SaveAsync(RowReader rows)
    {
        try
        {
            _saved = await Log.Start(() => Write.Operations.SaveAsync(Write.Table, rows, Write.Options, _limit!.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_limit!.IsCancellationRequested && !Cancel.IsCancellationRequested)
        {
            throw TimedOut();
        }
    }

    private DbConductorException TimedOut() => new(
        DbErrorKind.Timeout, $"Writing into {Write.Table} took longer than {Timeout}; {(CommitEvery is null ? "nothing was written" : "what was not committed yet was undone")}. "
        + "Allow more with -Timeout.")
    { Target = Write.Table.ToString() };
}
