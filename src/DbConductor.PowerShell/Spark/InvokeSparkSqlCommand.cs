using System.Collections;
using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Runs a query of Spark SQL over stashes, tables and files of any sessions. Rows go to the pipeline, or as a whole into a table. Starts a session where none runs.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SparkSql", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(DbWriteResult), typeof(DbSavePlan), typeof(DbSparkPlan), typeof(DbDataFrame))]
public sealed class InvokeSparkSqlCommand : DbSidesCmdlet
{
    /// <summary>The query, which reads the views by their names.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>What the query reads, by the names that it uses: each a side as <c>-Left</c> of a join takes it.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? View { get; set; }

    /// <summary>The table that is written; without it, rows go to the pipeline.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? Into { get; set; }

    /// <summary>Keeps the result in Spark under a name, which later queries see, and gives its handle.</summary>
    [Parameter]
    [ValidatePattern(ViewName.Pattern)]
    public string? AsView { get; set; }

    private protected override string Operation => "Query";

    private protected override void Begin() => ViewName.Check(AsView, Into);

    private protected override void End()
    {
        Dictionary<string, JoinInput> views = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in View ?? new Hashtable())
        {
            string name = entry.Key.ToString()!;
            views[name] = Side($"-View {name}", entry.Value!);
        }

        if (Into is not null && !Prepare(TableName.Parse(Into)))
        {
            return;
        }

        SparkQuery work = new(views, Query);
        if (IsPlan)
        {
            WritePlan(work, Into, AsView);
        }
        else if (OpenOnSpark(work, "Spark SQL", "query", Into, AsView) is { } made)
        {
            Finish(made, Into is not null, made.Path);
        }
    }
}
