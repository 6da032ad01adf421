using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Runs a query in the database's own language and gives the rows of all its result sets; the server's notices go to the Verbose stream.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "DbQuery", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Query")]
[OutputType(typeof(PSObject), typeof(DbWriteResult))]
public sealed class InvokeDbQueryCommand : DbAdapterCmdlet
{
    /// <summary>
    /// The query's text; parameters stand in it as <c>@name</c>. For a database whose language is JSON also a command as an ordered dictionary, or a list of them.
    /// </summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    public object Query { get; set; } = "";

    /// <summary>A file with the query's text; wildcards must match one file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string Path { get; set; } = "";

    /// <summary>A file with the query's text, its name to the letter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Values to bind, by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Parameter { get; set; }

    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    /// <summary>How long the query may take.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    private protected override void End()
    {
        Stopwatch clock = Stopwatch.StartNew();
        NativeQuery query = new(ReadText())
        {
            Parameters = ColumnArguments.Values(Parameter, "-Parameter").ToDictionary(p => p.Key.TrimStart('@'), p => p.Value, StringComparer.OrdinalIgnoreCase),
            Timeout = Timeout,
            OnNotice = notice => Log.Write(LogLineLevel.Verbose, notice),
        };
        IDbOperations destination = QueryText.OnlyReads(query.Text) ? Session.ForReading() : Session.ForQuerying();
        if (!ShouldProcess($"session '{Session.Name}'", $"Run {QueryText.Shorten(query.Text)}"))
        {
            return;
        }

        IQueryResults results = Await(cancel => destination.QueryAsync(query, cancel));
        try
        {
            bool any = false;
            while (Await(results.NextAsync) is { } rows)
            {
                any = true;
                WriteRows(rows, As);
            }

            if (!any && results.RowsAffected >= 0)
            {
                WriteObject(new DbWriteResult("Query", Session, "", results.RowsAffected, clock.Elapsed));
            }
        }
        finally
        {
            AwaitToTheEnd(_ => results.DisposeAsync().AsTask());
        }
    }

    private string ReadText()
    {
        string path = ParameterSetName switch
        {
            "Path" => ResolveOne(Path),
            "LiteralPath" => ResolvePath(LiteralPath),
            _ => "",
        };
        if (path.Length == 0)
        {
            return PSObjects.Bare(Query) as string ?? CommandJson.Write(Query);
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DbConductorException(
                error is UnauthorizedAccessException ? DbErrorKind.Permission : DbErrorKind.NotFound, $"The query file cannot be read: {error.Message}", error)
            { Target = path };
        }
    }
}
