using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that writes rows into a table: what the parameters that all of them share mean.</summary>
public abstract class DbWriterCmdlet : DbCmdlet
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private WriteTarget? _write;

    /// <summary>
    /// What happens to rows that are there already: <c>Insert</c> (a taken key is an error), <c>Upsert</c> (sets the given columns only),
    /// <c>SkipExisting</c>, <c>Overwrite</c> (the whole table).
    /// </summary>
    [Parameter]
    [ValidateSet("Insert", "Upsert", "SkipExisting", "Overwrite")]
    public string Mode { get; set; } = "Insert";

    /// <summary>The columns that identify a row; else the table's primary key. A table that is created gets it as its primary key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Key { get; set; } = [];

    /// <summary>Creates the table if it is absent.</summary>
    [Parameter]
    public SwitchParameter CreateTable { get; set; }

    /// <summary>Declared types: <c>@{ lat = 'double'; price = 'decimal(18,4)'; n = [int] }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? ColumnType { get; set; }

    /// <summary>Texts that are read as null: for every column, or <c>@{ column = 'NA', '-' }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? NullText { get; set; }

    /// <summary>The batch's id: under one id a table's batch lands once, however often it is sent.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BatchId { get; set; }

    /// <summary>A table for rows that are refused, while the others land; created if absent.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? RejectInto { get; set; }

    /// <summary>A file for rows that are refused, while the others land: JSON lines, behind what is in it already.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RejectPath { get; set; }

    /// <summary>How many rows may be refused; one more fails the call as a whole.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MaxReject { get; set; } = RejectOptions.DefaultMaximum;

    /// <summary>The lease under which that is written, from Lock-DbStash, of a stash of any session: who lost it is refused, also by the table's database.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Lease { get; set; }

    /// <summary>Commits every so many rows, which gives up all-or-nothing.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? CommitEvery { get; set; }

    /// <summary>Rows per round trip, after which the server has answered for them; else a commit's rows go in one stream.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>Returns what would happen as an object, and writes nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>Which cmdlet it is, for results and progress.</summary>
    private protected abstract string Operation { get; }

    /// <summary>The session that is written to.</summary>
    private protected abstract DbAdapterSession Target { get; }

    /// <summary>What happens to columns that the table lacks.</summary>
    private protected virtual NewColumnPolicy NewColumns => NewColumnPolicy.Stop;

    /// <summary>Where rows go and how; known after <see cref="Prepare"/>.</summary>
    private protected WriteTarget Write => _write!;

    /// <summary>Whether only the plan is wanted, to be printed or returned.</summary>
    private protected bool IsPlan => PlanOnly || IsWhatIf;

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Finds out what is to be done, and asks for confirmation where that is wanted.</summary>
    /// <returns>Whether to go on.</returns>
    private protected bool Prepare(TableName table)
    {
        IDbOperations destination = Target.ForWriting();
        SaveOptions options = new()
        {
            Mode = Enum.Parse<SaveMode>(Mode, ignoreCase: true),
            Key = Key,
            CreateTable = CreateTable,
            ColumnTypes = new Dictionary<string, PortableType>(ColumnArguments.Types(ColumnType), StringComparer.OrdinalIgnoreCase),
            NullTexts = ColumnArguments.NullTexts(NullText),
            OnNewColumn = NewColumns,
            BatchId = BatchId,
            Lease = StashArguments.Lease(Lease),
            Reject = Rejects(),
            CommitEvery = CommitEvery,
            BatchSize = BatchSize,
        };
        _write = new WriteTarget(destination, table, options);
        Log.Track($"{Operation} into {table}");
        return IsPlan || ShouldProcess($"{table} of session '{Target.Name}'", $"{Operation} rows ({Mode})");
    }

    private RejectOptions? Rejects()
    {
        if (RejectInto is null && RejectPath is null)
        {
            return MyInvocation.BoundParameters.ContainsKey(nameof(MaxReject))
                ? throw new DbConductorException(DbErrorKind.InvalidArgument, "-MaxReject says how many rows may be refused: say where they go with -RejectInto or -RejectPath.")
                : null;
        }

        RejectFile? file = RejectPath is null || IsPlan ? null : Await(_ => RejectFile.OpenAsync(ResolvePath(RejectPath)));
        if (file is not null)
        {
            Target.Transaction?.SettleAtCommit(file);
        }

        return new() { Into = RejectInto is null ? null : TableName.Parse(RejectInto), Sink = file, Maximum = MaxReject };
    }

    /// <summary>Returns or prints what a write of a source's rows would do. Where its columns have no types, as those of documents, the first rows tell those of a new table, as they will when it is made.</summary>
    private protected void WritePlan(RowReader rows, long? count)
    {
        if (CreateTable && Target.Adapter.Info.FixedTypes && rows.Columns.Any(c => c.Type.Kind == PortableKind.Object)
            && Await(cancel => Write.Operations.DescribeAsync(Write.Table, cancel)) is null)
        {
            InferredRows inferred = Await(cancel => SchemaInference.InferAsync(rows, Write.Options, inferFromText: false, cancel));
            Column[] columns = [.. inferred.Schema.Columns.Select(c =>
                rows.Columns.FirstOrDefault(s => s.Name == c.Name) is { } source ? c with { NativeType = source.NativeType, Limits = source.Limits } : c)];
            WritePlan(columns, count, inferred.Warnings);
        }
        else
        {
            WritePlan(rows.Columns, count, []);
        }
    }

    /// <summary>Returns or prints what a write of such rows would do.</summary>
    private protected void WritePlan(IReadOnlyList<Column> columns, long? rows, IReadOnlyList<string> warnings)
    {
        SavePlan made = Await(cancel => Write.Operations.PlanAsync(Write.Table, columns, Write.Options, cancel));
        DbSavePlan plan = new(Target, made with { Rows = rows, Warnings = [.. made.Warnings, .. warnings] });
        if (PlanOnly)
        {
            WriteObject(plan);
        }
        else
        {
            ShouldProcess(plan.ToString(), plan.ToString(), Operation);
        }
    }

    /// <param name="saved">What was done.</param>
    /// <param name="source">The file that the rows came from, if any.</param>
    /// <param name="elapsed">How long it took, where that is not as long as the cmdlet has been running.</param>
    private protected void WriteResult(SaveResult saved, string? source = null, TimeSpan? elapsed = null)
    {
        Log.Done();
        foreach (string warning in saved.Warnings)
        {
            WriteWarning(warning);
        }

        if (saved.Rejected > 0)
        {
            WriteWarning($"{saved.Rejected} {(saved.Rejected == 1 ? "row was" : "rows were")} refused and went to {string.Join(" and ", new[] { RejectInto, RejectPath }.OfType<string>())}. Get-DbReject shows them.");
        }

        WriteVerbose($"{saved.Rows} rows into {Write.Table} of session '{Target.Name}' by {saved.Path}.");
        WriteObject(new DbWriteResult(Operation, Target, Write.Table.ToString(), saved, Write.Options.BatchId, elapsed ?? _clock.Elapsed) { Source = source });
    }

    private protected override void OnError(DbConductorException error)
    {
        if (_write is not null)
        {
            Target.Observe(error);
            Target.Doom(error);
        }
    }
}
