using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that makes rows of sides, wherever each is. They go to the pipeline, or as a whole into a table.</summary>
public abstract class DbSidesCmdlet : DbTransferCmdlet
{
    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    /// <summary>Reads the argument of a side.</summary>
    /// <param name="parameter">Which one, for messages.</param>
    /// <param name="given">The argument.</param>
    private protected JoinInput Side(string parameter, object given) => JoinSide.Read(parameter, given, UseSession, ResolveMany, FromAdapter, SessionState);

    /// <summary>Returns or prints what a call on Spark would do; true where that also tells what would be written.</summary>
    /// <param name="work">What the call is for.</param>
    /// <param name="into">The table that it would write; null for none.</param>
    /// <param name="view">The view that it would keep; null for none.</param>
    private protected bool WritePlan(SparkWork work, string? into, string? view)
    {
        // a plan starts no application on a cluster
        ISparkSession? session = SparkHost.Process.Current is { IsAlive: true } running ? running : null;
        SparkPlan? made = session is null ? null : Await(cancel => session.PlanAsync(work, new SparkCall("plan"), cancel));
        string result = into is not null ? $"write the rows into {into} of session '{Target.Name}'" : view is not null ? $"keep the rows as view '{view}'" : "give the rows to the pipeline";
        DbSparkPlan shown = new(session, made, work.Sides, result);
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

    /// <summary>Makes rows on Spark, in the session that runs or in a new one.</summary>
    /// <param name="work">What makes them.</param>
    /// <param name="title">What progress says of it.</param>
    /// <param name="name">What its jobs are called.</param>
    /// <param name="into">The table that is written; null for none.</param>
    /// <param name="view">The view as which the rows are kept; null for none.</param>
    /// <returns>The rows; null where they are kept, and the view was given to the pipeline.</returns>
    private protected OpenedJoin? OpenOnSpark(SparkWork work, string title, string name, string? into, string? view)
    {
        ISparkSession session = SparkStart.Use(this, Log, Await);
        Log.Track(title);
        SparkCall call = new(view is not null ? $"{name} as {view}" : into is not null ? $"{name} into {into}" : name) { OnStatus = Log.Report };
        if (view is not null)
        {
            DbDataFrame.Write(this, Await(cancel => session.KeepAsync(view, work, call, cancel)));
            Log.Done();
            return null;
        }

        SparkResult result = Await(cancel => session.RunAsync(work, call, cancel));
        return new(result.Rows, () => result.Path, result.Warnings);
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
