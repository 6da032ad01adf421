using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that makes rows of sides, wherever each is. They go to the pipeline, or as a whole into a table.</summary>
public abstract class DbSidesCmdlet : DbWriterCmdlet
{
    private DbAdapterSession? _target;

    /// <summary>The session of sides that are tables' names; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? FromAdapter { get; set; }

    /// <summary>The session that is written to, or its name; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? IntoAdapter { get; set; }

    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    private protected override DbAdapterSession Target => _target ??= UseSession(IntoAdapter);

    /// <summary>Reads the argument of a side.</summary>
    /// <param name="parameter">Which one, for messages.</param>
    /// <param name="given">The argument.</param>
    private protected JoinInput Side(string parameter, object given) => JoinSide.Read(parameter, given, UseSession, ResolveMany, FromAdapter, SessionState);

    /// <summary>Returns or prints what a call on Spark would do; true where that also tells what would be written.</summary>
    /// <param name="sides">What it reads.</param>
    /// <param name="into">The table that it would write; null for none.</param>
    /// <param name="view">The view that it would keep; null for none.</param>
    /// <param name="plan">Asks the session that runs.</param>
    private protected bool WritePlan(IEnumerable<JoinInput> sides, string? into, string? view, Func<ISparkSession, CancellationToken, Task<SparkPlan>> plan)
    {
        // a plan starts no application on a cluster
        ISparkSession? session = SparkHost.Process.Current is { IsAlive: true } running ? running : null;
        SparkPlan? made = session is null ? null : Await(cancel => plan(session, cancel));
        string result = into is not null ? $"write the rows into {into} of session '{Target.Name}'" : view is not null ? $"keep the rows as view '{view}'" : "give the rows to the pipeline";
        DbSparkPlan shown = new(session, made, sides, result);
        Log.Done();
        if (PlanOnly)
        {
            WriteObject(shown);
        }
        else
        {
            ShouldProcess(shown.ToString(), shown.ToString(), Operation);
        }

        if (into is not null && made is not null)
        {
            WritePlan(made.Columns, null, made.Warnings);
        }

        return made is not null;
    }

    /// <summary>Gives the rows that an engine makes to the pipeline, or writes them as a whole into the table that was prepared.</summary>
    /// <param name="made">The rows, which are let go at the end.</param>
    /// <param name="isWrite">Whether they are written.</param>
    /// <param name="said">What is told of those that go to the pipeline; asked once they are all read.</param>
    private protected void Finish(OpenedJoin made, bool isWrite, Func<string> said)
    {
        foreach (string warning in made.Warnings)
        {
            WriteWarning(warning);
        }

        if (!isWrite)
        {
            WriteRows(made.Rows, As);
            WriteVerbose(said());
            Log.Done();
            return;
        }

        try
        {
            if (IsPlan)
            {
                WritePlan(made.Rows, null);
                return;
            }

            SaveResult saved = Await(cancel => Write.Operations.SaveAsync(Write.Table, made.Rows, Write.Options with { OnProgress = Log.Report }, cancel));
            WriteResult(saved with { Path = $"{made.Path()}, {saved.Path}" });
        }
        finally
        {
            AwaitToTheEnd(_ => made.Rows.DisposeAsync().AsTask());
        }
    }
}
