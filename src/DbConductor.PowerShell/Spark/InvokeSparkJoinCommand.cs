using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>
/// Joins two row sets on Apache Spark, from this machine alone to a cluster, with the words and the rows of Join-DbBatch. Starts a session where none runs.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "SparkJoin", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class InvokeSparkJoinCommand : DbJoinCmdlet
{
    /// <summary><c>Spark</c>, <c>Embedded</c>, or <c>Auto</c>: Spark where a session runs or a Spark is configured, else embedded.</summary>
    [Parameter]
    [ValidateSet("Auto", "Spark", "Embedded")]
    public string Engine { get; set; } = "Auto";

    private protected override OpenedJoin Open(JoinInput left, JoinInput right, JoinSpec spec)
    {
        // a plan is about columns, which are the same on every engine, and costs no job
        bool needsSpark = left.Files is { NeedsSpark: true } || right.Files is { NeedsSpark: true };
        if ((IsPlan && !needsSpark) || Engine.Equals("Embedded", StringComparison.OrdinalIgnoreCase))
        {
            return OpenEmbedded(left, right, spec);
        }

        if (!needsSpark && Engine.Equals("Auto", StringComparison.OrdinalIgnoreCase) && SparkHost.Process.Refusal() is { } refusal && !HasProfile())
        {
            return OpenEmbedded(left, right, spec, refusal);
        }

        ISparkSession session = SparkStart.Use(this, Log, Await);
        string name = Into is null ? $"join {left.Description} with {right.Description}" : $"join {left.Description} with {right.Description} into {Into}";
        Log.Track($"Join {left.Description} with {right.Description}");
        SparkResult result = Await(cancel => session.JoinAsync(left, right, spec, new SparkCall(name) { OnStatus = Log.Report }, cancel));
        return new(result.Rows, () => result.Path, result.Warnings);
    }

    /// <summary>Whether a profile may name a Spark that is found by nothing else.</summary>
    private bool HasProfile() => SparkHost.Process.Missing is null && SparkStart.FromProfile(this, null).SparkHome is not null;
}
