using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet with one end: it works on one session.</summary>
public abstract class DbAdapterCmdlet : DbCmdlet
{
    private DbAdapterSession? _session;

    /// <summary>
    /// The session, or its name. Without it: inside Use-DbTransaction the block's, else the session named <c>default</c>, else the only one open.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Adapter { get; set; }

    private protected DbAdapterSession Session => _session ??= UseSession(Adapter);

    private protected override void Begin() => _ = Session;

    /// <summary>Writes rows to the pipeline as they come. Whoever stops listening, downstream or by Ctrl-C, cancels the rest.</summary>
    private protected void WriteRows(RowReader rows, RowShape shape)
    {
        try
        {
            // rows are read on this thread as they are written
            Log.Run(() =>
            {
                long count = 0;
                foreach (object? item in RowObjects.Create(rows, shape).Read(Log.Wait, Cancel))
                {
                    WriteObject(item, enumerateCollection: false);
                    Log.Tick(++count);
                }
            });
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }

    private protected override void OnError(DbConductorException error) => _session?.Observe(error);
}
