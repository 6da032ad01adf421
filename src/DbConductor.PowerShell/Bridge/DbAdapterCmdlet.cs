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

    private protected override void OnError(DbConductorException error) => _session?.Observe(error);
}
