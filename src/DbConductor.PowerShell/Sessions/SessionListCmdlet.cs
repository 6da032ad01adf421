using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that takes sessions one by one, by name, as objects or from the pipeline.</summary>
public abstract class SessionListCmdlet : DbCmdlet
{
    /// <summary>
    /// Sessions or their names. Without it: inside Use-DbTransaction the block's, else the session named <c>default</c>, else the only one open.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "InputObject")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object[]? Adapter { get; set; }

    private protected abstract void Handle(DbAdapterSession session);

    private protected override void Process()
    {
        if (Adapter is null)
        {
            Handle(SessionTable.Current.Resolve(null));
            return;
        }

        foreach (object given in Adapter)
        {
            DbAdapterSession session;
            try
            {
                session = SessionTable.Current.Resolve(given);
            }
            catch (DbConductorException error) when (Adapter.Length > 1 || MyInvocation.ExpectingInput)
            {
                WriteError(error, given);
                continue;
            }

            Handle(session);
        }
    }
}
