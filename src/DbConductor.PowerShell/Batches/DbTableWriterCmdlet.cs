using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that writes rows from outside into a table.</summary>
public abstract class DbTableWriterCmdlet : DbWriterCmdlet
{
    private DbAdapterSession? _session;

    /// <summary>
    /// The session, or its name. Without it: inside Use-DbTransaction the block's, else the session named <c>default</c>, else the only one open.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Adapter { get; set; }

    /// <summary>The table or collection.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string Into { get; set; } = "";

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    private protected override DbAdapterSession Target => _session ??= UseSession(Adapter);

    /// <inheritdoc cref="DbWriterCmdlet.Prepare"/>
    private protected bool Prepare() => Prepare(TableName.Parse(Into, Schema));
}
