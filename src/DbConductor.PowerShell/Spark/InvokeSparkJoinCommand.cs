using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>
/// Joins two row sets on Apache Spark, from this machine alone to a cluster, with the words and the rows of Join-DbBatch. Starts a session where none runs.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "SparkJoin", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(DbWriteResult), typeof(DbSavePlan), typeof(DbSparkPlan), typeof(DbDataFrame))]
public sealed class InvokeSparkJoinCommand : DbJoinCmdlet
{
    /// <summary><c>Spark</c>, <c>Embedded</c>, or <c>Auto</c>: Spark where a session runs or a Spark is configured, else embedded.</summary>
    [Parameter]
    [ValidateSet("Auto", "Spark", "Embedded")]
    public string Engine { get; set; } = "Auto";

    /// <summary>Keeps the result in Spark under a name, and gives its handle.</summary>
    [Parameter]
    [ValidatePattern(ViewName.Pattern)]
    public string? AsView { get; set; }

    private protected override void Begin()
    {
        ViewName.Check(AsView, Into);
        if (AsView is not null && Is("Embedded"))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-AsView keeps the result in Spark: it goes with -Engine Spark or Auto.");
        }

        base.Begin();
    }

    private protected override void Run(JoinInput left, JoinInput right, JoinSpec spec)
    {
        bool needsSpark = left.Files is { NeedsSpark: true } || right.Files is { NeedsSpark: true };
        if (Is("Embedded"))
        {
            Finish(left, right, OpenEmbedded(left, right, spec));
            return;
        }

        if (Is("Auto") && !needsSpark && AsView is null && SparkHost.Process.Refusal() is { } refusal && !HasProfile())
        {
            Finish(left, right, OpenEmbedded(left, right, spec, refusal));
            return;
        }

        if (IsPlan)
        {
            bool isKnown = WritePlan([left, right], Into, AsView, (running, cancel) => running.PlanJoinAsync(left, right, spec, new SparkCall("plan"), cancel));
            if (!isKnown && Into is not null && !needsSpark)
            {
                // what is written has the same columns on every engine
                Finish(left, right, OpenEmbedded(left, right, spec));
            }

            return;
        }

        ISparkSession session = SparkStart.Use(this, Log, Await);
        string what = $"join {left.Description} with {right.Description}";
        SparkCall call = new(AsView is not null ? $"{what} as {AsView}" : Into is not null ? $"{what} into {Into}" : what) { OnStatus = Log.Report };
        Log.Track($"Join {left.Description} with {right.Description}");
        if (AsView is not null)
        {
            DbDataFrame.Write(this, Await(cancel => session.KeepJoinAsync(AsView, left, right, spec, call, cancel)));
            Log.Done();
            return;
        }

        SparkResult result = Await(cancel => session.JoinAsync(left, right, spec, call, cancel));
        Finish(left, right, new(result.Rows, () => result.Path, result.Warnings));
    }

    private bool Is(string engine) => Engine.Equals(engine, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a profile may name a Spark that is found by nothing else.</summary>
    private bool HasProfile() => SparkHost.Process.Missing is null && SparkStart.FromProfile(this, null).SparkHome is not null;
}
