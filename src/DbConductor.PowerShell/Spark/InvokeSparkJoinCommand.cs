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

        SparkJoin work = new(left, right, spec);
        if (IsPlan)
        {
            bool isKnown = WritePlan(work, Into, AsView);
            if (!isKnown && Into is not null && !needsSpark)
            {
                // what is written has the same columns on every engine
                Finish(left, right, OpenEmbedded(left, right, spec));
            }

            return;
        }

        string sides = $"{left.Description} with {right.Description}";
        if (OpenOnSpark(work, $"Join {sides}", $"join {sides}", Into, AsView) is { } made)
        {
            Finish(left, right, made);
        }
    }

    private bool Is(string engine) => Engine.Equals(engine, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a profile may name a Spark that is found by nothing else.</summary>
    private bool HasProfile() => SparkHost.Process.Missing is null && SparkStart.FromProfile(this, null).SparkHome is not null;
}
