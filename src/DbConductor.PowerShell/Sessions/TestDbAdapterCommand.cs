using System.Diagnostics;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Asks the server of a session whether it answers, and how fast.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DbAdapter")]
[OutputType(typeof(DbAdapterTest), typeof(bool))]
public sealed class TestDbAdapterCommand : SessionListCmdlet
{
    /// <summary>Gives just true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void Handle(DbAdapterSession session)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string? error = null;
        try
        {
            session.RequireUsable();
            Await(session.Adapter.PingAsync);
            session.Revive();
        }
        catch (DbConductorException failure) when (!Stopping)
        {
            session.Observe(failure);
            error = failure.Message;
        }

        TimeSpan latency = clock.Elapsed;
        WriteObject(Quiet ? error is null : new DbAdapterTest(session, error is null, latency, error));
    }
}
