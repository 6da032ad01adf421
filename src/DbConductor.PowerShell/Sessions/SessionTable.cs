using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace DbConductor.PowerShell;

/// <summary>The sessions of one runspace, by name, and the rules by which a cmdlet finds its own.</summary>
internal sealed class SessionTable
{
    internal const string DefaultName = "default";

    private static readonly ConditionalWeakTable<Runspace, SessionTable> Tables = [];

    private readonly List<DbAdapterSession> _sessions = [];
    private readonly Stack<DbAdapterSession> _blocks = new();

    /// <summary>The table of the runspace that the current thread runs.</summary>
    internal static SessionTable Current => Tables.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The open sessions, in the order of their opening.</summary>
    internal IEnumerable<DbAdapterSession> Open => _sessions.Where(s => s.State != DbSessionState.Closed);

    internal DbAdapterSession? Find(string name) => Open.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    internal void Add(DbAdapterSession session)
    {
        _sessions.RemoveAll(s => s.State == DbSessionState.Closed);
        _sessions.Add(session);
    }

    /// <summary>Makes a session the one that cmdlets use without <c>-Adapter</c>, until <see cref="LeaveBlock"/>.</summary>
    internal void EnterBlock(DbAdapterSession session) => _blocks.Push(session);

    internal void LeaveBlock() => _blocks.Pop();

    /// <summary>
    /// The session that an <c>-Adapter</c> argument means: an object, a name, or, where none is given, that of the block around, else
    /// <c>default</c>, else the only one.
    /// </summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>, with the names there are.</exception>
    internal DbAdapterSession Resolve(object? adapter)
    {
        object? given = PSObjects.Bare(adapter);
        DbAdapterSession found = given switch
        {
            DbAdapterSession session => session,
            null => _blocks.TryPeek(out DbAdapterSession? around) ? around : Find(DefaultName) ?? OnlyOne(),
            string name => Find(name) ?? throw NotFound($"There is no session '{name}' in this runspace. {Names()}", name),
            _ => throw new DbConductorException(
                DbErrorKind.InvalidArgument, "-Adapter takes a session, as Connect-DbAdapter returns it, or the name of one; "
                + $"not a value of type {(adapter as PSObject)?.TypeNames.FirstOrDefault() ?? given.GetType().FullName}."),
        };
        return found;
    }

    private DbAdapterSession OnlyOne()
    {
        DbAdapterSession[] open = Open.Take(2).ToArray();
        return open.Length == 1 ? open[0] : throw NotFound(
            open.Length == 0
                ? "No session is open in this runspace. Use Connect-DbAdapter; in ForEach-Object -Parallel pass the session: -Adapter $using:name."
                : $"Several sessions are open and none is named '{DefaultName}'. Say which with -Adapter. {Names()}",
            null);
    }

    private string Names() => Open.Any()
        ? $"Open: {string.Join(", ", Open.Select(s => s.Name))}."
        : "None is open; in ForEach-Object -Parallel pass the session: -Adapter $using:name.";

    private static DbConductorException NotFound(string message, string? name) => new(DbErrorKind.NotFound, message) { Target = name };
}
