using System.Management.Automation.Runspaces;

namespace DbConductor.PowerShell;

/// <summary>
/// A transaction that is open on a session: the database's own at the bottom, savepoints of nested blocks above it.
/// </summary>
internal sealed class SessionTransaction(IDbTransaction inner, Runspace owner, bool byBlock)
{
    private readonly Stack<string> _savepoints = new();
    private int _lastSavepoint;

    internal IDbTransaction Inner { get; } = inner;

    /// <summary>The runspace that began it; only there may it be written to or ended.</summary>
    internal Runspace Owner { get; } = owner;

    /// <summary>Whether Use-DbTransaction ends what is innermost, so that Complete- and Undo- must leave it alone.</summary>
    internal bool IsEndedByBlock => byBlock || _savepoints.Count > 0;

    internal async Task NestAsync(CancellationToken cancel)
    {
        string savepoint = $"dbconductor_{++_lastSavepoint}";
        await Inner.SaveAsync(savepoint, cancel).ConfigureAwait(false);
        _savepoints.Push(savepoint);
    }

    /// <summary>Ends the innermost savepoint as good. Where that fails it is still there, to be rolled back.</summary>
    internal async Task ReleaseAsync(CancellationToken cancel)
    {
        await Inner.ReleaseAsync(_savepoints.Peek(), cancel).ConfigureAwait(false);
        _savepoints.Pop();
    }

    internal Task RollbackNestedAsync(CancellationToken cancel) => Inner.RollbackToAsync(_savepoints.Pop(), cancel);
}
