using System.Diagnostics;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that changes rows which are there already: those that a filter matches, or those with the keys of piped rows.</summary>
public abstract class DbChangeCmdlet : DbAdapterCmdlet
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private WriteTarget? _write;
    private PipedRows? _rows;
    private IDisposable? _feed;
    private long _count;
    private bool _ended;

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    /// <summary>Which rows: a hashtable, or a script block that is translated.</summary>
    [Parameter(ParameterSetName = "Where")]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Every row. Without it, a filter is needed.</summary>
    [Parameter(ParameterSetName = "Where")]
    public SwitchParameter All { get; set; }

    /// <summary>Rows: objects, dictionaries, a DataTable or a data reader.</summary>
    [Parameter(ParameterSetName = "Row", Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>The columns that identify a row; else the table's primary key.</summary>
    [Parameter(ParameterSetName = "Row")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Key { get; set; } = [];

    private protected abstract string Operation { get; }

    private protected abstract string TableText { get; }

    private bool IsByRow => ParameterSetName == "Row";

    /// <summary>Rolls back what an early end of the pipeline leaves unfinished.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!_ended && _rows is not null)
        {
            Session.Doom(new DbConductorException(DbErrorKind.Cancelled, $"The pipeline into {_write!.Table} ended before its rows were complete."));
            Abandon();
        }

        _rows?.Dispose();
        _feed?.Dispose();
        base.Dispose(disposing);
    }

    private protected abstract Task<long> ChangeAsync(IDbOperations destination, TableName table, Filter? filter, CancellationToken cancel);

    private protected abstract Task<long> ChangeAsync(
        IDbOperations destination, TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel);

    private protected override void Begin()
    {
        base.Begin();
        _write = new WriteTarget(Session.ForWriting(), TableName.Parse(TableText, Schema), new SaveOptions());
        Log.Track($"{Operation} {_write.Table}");
        if (!IsByRow || !ShouldProcess($"{_write.Table} of session '{Session.Name}'", $"{Operation} the piped rows"))
        {
            return;
        }

        _feed = MyInvocation.ExpectingInput ? Session.Feed() : null;
        _rows = new PipedRows(
            async rows => _count = await Log.Start(() => ChangeAsync(_write.Operations, _write.Table, rows, Key, Cancel)).ConfigureAwait(false), Log.Wait, Cancel);
    }

    private protected override void Process()
    {
        if (_rows is not null)
        {
            _rows.Add(InputObject);
            Log.Tick(_rows.Count);
        }
    }

    private protected override void End()
    {
        if (IsByRow)
        {
            if (_rows is null)
            {
                return;
            }

            _rows.Complete();
        }
        else if (!ChangeByFilter())
        {
            return;
        }

        _ended = true;
        Log.Done();
        WriteObject(new DbWriteResult(Operation, Session, _write!.Table.ToString(), _count, _clock.Elapsed));
    }

    private protected override void OnError(DbConductorException error)
    {
        _ended = true;
        base.OnError(error);
        if (_write is not null)
        {
            Session.Doom(error);
        }
    }

    private protected override object? TargetOf(DbConductorException error) => _rows?.TargetOf(error, InputObject);

    private bool ChangeByFilter()
    {
        Filter? filter = FilterTranslator.Read(Where, SessionState);

        // a condition that always holds is no filter: what it does must be asked for by name
        if (filter is ConstantFilter { Value: true })
        {
            filter = null;
        }

        if (filter is null != All)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                All ? "-All and -Where contradict each other. Leave one of them out."
                    : $"Without a filter, {Operation} would change every row of {_write!.Table}. Give -Where, or -All if every row is meant.")
            { Target = _write!.Table.ToString() };
        }

        // the number of rows is worth a query only where somebody will read it
        string rows = MyInvocation.BoundParameters.ContainsKey("WhatIf") || MyInvocation.BoundParameters.ContainsKey("Confirm")
            ? $"{Await(cancel => Session.ForReading().CountAsync(_write!.Table, filter, cancel))} rows"
            : filter is null ? "every row" : "the rows that the filter matches";
        if (!ShouldProcess($"{_write!.Table} of session '{Session.Name}'", $"{Operation} {rows}"))
        {
            return false;
        }

        _count = Await(cancel => ChangeAsync(_write!.Operations, _write.Table, filter, cancel));
        return true;
    }
}
