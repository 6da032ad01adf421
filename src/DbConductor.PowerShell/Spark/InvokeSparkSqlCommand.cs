using System.Collections;
using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Runs a query of Spark SQL over stashes, tables and files of any sessions. Rows go to the pipeline, or as a whole into a table. Starts a session where none runs.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SparkSql", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(DbWriteResult), typeof(DbSavePlan))]
public sealed class InvokeSparkSqlCommand : DbWriterCmdlet
{
    private DbAdapterSession? _target;

    /// <summary>The query, which reads the views by their names.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>What the query reads, by the names that it uses: each a side as <c>-Left</c> of a join takes it.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? View { get; set; }

    /// <summary>The session of views that are tables' names; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? FromAdapter { get; set; }

    /// <summary>The table that is written; without it, rows go to the pipeline.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string? Into { get; set; }

    /// <summary>The session that is written to, or its name; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? IntoAdapter { get; set; }

    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    private protected override string Operation => "Query";

    private protected override DbAdapterSession Target => _target ??= UseSession(IntoAdapter);

    private protected override void End()
    {
        Dictionary<string, JoinInput> views = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in View ?? new Hashtable())
        {
            string name = entry.Key.ToString()!;
            views[name] = JoinSide.Read($"-View {name}", entry.Value!, UseSession, ResolveOne, FromAdapter, SessionState);
        }

        if (Into is not null && !Prepare(TableName.Parse(Into)))
        {
            return;
        }

        ISparkSession session = SparkStart.Use(this, Log, Await);
        Log.Track("Spark SQL");
        SparkResult result = Await(cancel => session.QueryAsync(views, Query, new SparkCall(Into is null ? "query" : $"query into {Into}") { OnStatus = Log.Report }, cancel));
        Finish(new(result.Rows, () => result.Path, result.Warnings), Into is not null, As, () => result.Path, result.Rows.RowCount);
    }
}
