using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that reads on one session and writes on another.</summary>
public abstract class DbTransferCmdlet : DbWriterCmdlet
{
    /// <summary>The session of tables that are read by their names, or its name; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? FromAdapter { get; set; }

    /// <summary>The session that is written to, or its name; found like <c>-Adapter</c> where it is not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? IntoAdapter { get; set; }

    private protected override DbAdapterSession Target => FoundTarget ??= UseSession(IntoAdapter);

    /// <summary>The session that is written to, once it was asked for.</summary>
    private protected DbAdapterSession? FoundTarget { get; private set; }
}
