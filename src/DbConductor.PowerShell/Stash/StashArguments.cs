using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads arguments that mean stashes.</summary>
internal static class StashArguments
{
    /// <summary>The stash store of a session, for writing.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidOperation"/>: its writes would wait for the session's own transaction for ever.</exception>
    internal static StashStore ForWriting(DbAdapterSession session)
    {
        session.RequireUsable();
        if (session.InTransaction && session.Adapter.Info.SingleWriter)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"A transaction is open on session '{session.Name}', whose database has one writer at a time, and a stash is written beside it. "
                + "Write the stash before or behind the transaction, or keep it in another database.")
            { Target = session.Name };
        }

        session.RequireNotFed();
        return session.Stash;
    }

    /// <summary>The handle in an argument or a piped object; null where it is something else.</summary>
    internal static DbStash? Handle(object? value) => PSObjects.Bare(value) as DbStash;

    internal static DbStash RequireHandle(object value) => Handle(value) ?? throw new DbConductorException(
        DbErrorKind.InvalidArgument, "What was piped is not a stash's handle, as Get-DbStash, Save-DbStash and Wait-DbStash return them.");

    internal static StashLease? Lease(object? value) => PSObjects.Bare(value) switch
    {
        null => null,
        DbStashLease lease => lease.Inner,
        _ => throw new DbConductorException(DbErrorKind.InvalidArgument, "-Lease takes what Lock-DbStash returned."),
    };

    internal static DbConductorException NotFound(string name, DbAdapterSession session) => new(
        DbErrorKind.NotFound, $"There is no stash '{name}' on session '{session.Name}'. Get-DbStash lists those there are.") { Target = name };
}
