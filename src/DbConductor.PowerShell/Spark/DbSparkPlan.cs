using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>What a call on Spark would do, as <c>-PlanOnly</c> returns it.</summary>
public sealed class DbSparkPlan
{
    /// <param name="session">The session that would run it; null where none runs.</param>
    /// <param name="plan">The plan; null likewise.</param>
    /// <param name="sides">What would be read.</param>
    /// <param name="result">Where the rows would go.</param>
    internal DbSparkPlan(ISparkSession? session, SparkPlan? plan, IEnumerable<JoinInput> sides, string result)
    {
        (Master, Plan, Result) = (session?.Info.Master, plan?.Text, result);

        // arrays: PowerShell cannot index the compiler's own read-only lists
        Sides = plan is null ? sides.Select(s => new DbSparkPlanSide(s.Description, null)).ToArray() : plan.Sides.Select(s => new DbSparkPlanSide(s.How, s.Query)).ToArray();
        Warnings = plan?.Warnings.ToArray() ?? ["No Spark session runs, so that Spark's plan, and how each side comes to it, are not known. Start-SparkSession starts one."];
    }

    /// <summary>The session's master; null where no session runs.</summary>
    public string? Master { get; }

    /// <summary>What would be read.</summary>
    public IReadOnlyList<DbSparkPlanSide> Sides { get; }

    /// <summary>Where the rows would go.</summary>
    public string Result { get; }

    /// <summary>Spark's plan; null where no session runs. It can quote what filters ask for.</summary>
    public string? Plan { get; }

    /// <summary>What the operator should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The plan in words, as <c>-WhatIf</c> prints it.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines = [$"Run on Spark{(Master is null ? "" : $" on {Master}")}, {Result}", .. Sides.Select(s => $"read {s}"), .. Warnings];
        return string.Join(Environment.NewLine + "  ", Plan is null ? lines : lines.Append(Plan.Trim()));
    }
}

/// <summary>A side of a call on Spark.</summary>
/// <param name="how">What it is and how it would come to Spark.</param>
/// <param name="query">What would be asked of its database.</param>
public sealed class DbSparkPlanSide(string how, string? query)
{
    /// <summary>What it is and how it would come to Spark.</summary>
    public string How { get; } = how;

    /// <summary>What would be asked of its database, filters and columns included; null where Spark asks nothing.</summary>
    public string? Query { get; } = query;

    /// <summary>Both.</summary>
    public override string ToString() => Query is null ? How : $"{How}: {Query}";
}
