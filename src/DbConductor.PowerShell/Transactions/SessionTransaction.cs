using System.Management.Automation.Runspaces;

namespace DbConductor.PowerShell;

/// <summary>
/// A transaction that is open on a session: the database's own at the bottom, savepoints of nested blocks above it. It belongs to the runspace
/// that began it; only there may it be written to or ended.
/// </summary>
internal sealed class SessionTransaction(AdapterInfo database, IDbTransaction inner, bool byBlock)
{
    private readonly Runspace _owner = Runspace.DefaultRunspace;
    private readonly Stack<string> _savepoints = new();
    private readonly List<(IRejectSink Sink, int Depth)> _sinks = [];
    private int _lastSavepoint;
    private DbConductorException? _doom;

    internal IDbTransaction Inner { get; } = inner;

    internal bool IsMine => _owner == Runspace.DefaultRunspace;

    /// <summary>Whether Use-DbTransaction ends what is innermost, so that Complete- and Undo- must leave it alone.</summary>
    internal bool IsEndedByBlock => byBlock || _savepoints.Count > 0;

    internal bool IsNested => _savepoints.Count > 0;

    internal async Task NestAsync(CancellationToken cancel)
    {
        string savepoint = $"dbconductor_{++_lastSavepoint}";
        await Inner.SaveAsync(savepoint, cancel).ConfigureAwait(false);
        _savepoints.Push(savepoint);
    }

    /// <summary>Notes rejects that are final when the transaction is committed, and void where the block around them is rolled back.</summary>
    internal void SettleAtCommit(IRejectSink sink) => _sinks.Add((sink, _savepoints.Count));

    /// <summary>Commits, and makes final what hangs on it.</summary>
    internal async Task CommitAsync(CancellationToken cancel)
    {
        await StashLease.RenewWithinAsync(database, Inner, cancel).ConfigureAwait(false);
        await Inner.CommitAsync(cancel).ConfigureAwait(false);
        foreach ((IRejectSink sink, _) in _sinks)
        {
            await sink.SettleAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the innermost savepoint as good. Where that fails it is still there, to be rolled back.</summary>
    internal async Task ReleaseAsync(CancellationToken cancel)
    {
        await Inner.ReleaseAsync(_savepoints.Peek(), cancel).ConfigureAwait(false);
        _savepoints.Pop();
        for (int i = 0; i < _sinks.Count; i++)
        {
            _sinks[i] = (_sinks[i].Sink, Math.Min(_sinks[i].Depth, _savepoints.Count));
        }
    }

    internal Task RollbackNestedAsync(CancellationToken cancel)
    {
        _doom = null;
        _sinks.RemoveAll(s => s.Depth >= _savepoints.Count);
        return Inner.RollbackToAsync(_savepoints.Pop(), cancel);
    }

    /// <summary>
    /// Notes a failed write. The database's own transaction notes what it sees; a pipeline that fails before its first rows were sent it does not see.
    /// </summary>
    internal void Doom(DbConductorException error) => _doom ??= error;

    internal void RequireNotDoomed()
    {
        if ((Inner.DoomedBy ?? _doom) is { } doom)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                $"A write in this transaction failed, so that it can only be rolled back ({(IsEndedByBlock ? "leave the block with the error" : "Undo-DbTransaction")}): {doom.Message}",
                doom)
            { Target = doom.Target };
        }
    }

    /// <summary>Why something cannot be done while this transaction is open, and what can be done instead.</summary>
    internal DbConductorException Refusal(DbAdapterSession session, string remedy) => new(
        DbErrorKind.InvalidOperation,
        $"Session '{session.Name}' has a transaction open{(IsMine ? "" : ", which another runspace began")}. {remedy}")
    { Target = session.Name };
}
