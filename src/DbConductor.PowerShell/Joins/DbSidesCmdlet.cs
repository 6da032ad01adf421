using System.Management.Automation;

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

    /// <summary>Gives the rows that an engine makes to the pipeline, or writes them as a whole into the table that was prepared.</summary>
    /// <param name="made">The rows, which are let go at the end.</param>
    /// <param name="isWrite">Whether they are written.</param>
    /// <param name="said">What is told of those that go to the pipeline; asked once they are all read.</param>
    /// <param name="planned">How many a plan says that they are; null where that is not known.</param>
    private protected void Finish(OpenedJoin made, bool isWrite, Func<string> said, long? planned)
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
                WritePlan(made.Rows, planned);
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
