using System.Management.Automation.Runspaces;

namespace DbConductor.PowerShell;

/// <summary>
/// An open session on one database, as Connect-DbAdapter returns it. It may be passed to other runspaces (<c>-Adapter $using:wh</c>) and used there
/// at the same time; a transaction stays with the runspace that began it. Holds nothing secret that could be shown.
/// </summary>
public sealed class DbAdapterSession
{
    private readonly object _gate = new();
    private readonly List<Runspace> _fed = [];
    private SessionTransaction? _transaction;
    private string? _closedWhy;

    internal DbAdapterSession(string name, IDbAdapter adapter)
    {
        Name = name;
        Adapter = adapter;
        Stash = new(adapter);
        State = DbSessionState.Open;
    }

    /// <summary>The session's name in its runspace.</summary>
    public string Name { get; }

    /// <summary>The adapter's type, such as <c>PostgreSql</c>.</summary>
    public string Type => Adapter.Info.Type;

    /// <summary>Server and database, or the file.</summary>
    public string Location => Adapter.Info.Location;

    /// <summary>The product, as it names itself.</summary>
    public string Product => Adapter.Info.Product;

    /// <summary>The server's version.</summary>
    public string ServerVersion => Adapter.Info.ServerVersion;

    /// <summary>Whether the session can be used.</summary>
    public DbSessionState State { get; private set; }

    /// <summary>Whether a transaction is open on it.</summary>
    public bool InTransaction => _transaction is not null;

    internal IDbAdapter Adapter { get; }

    /// <summary>What was put aside on it.</summary>
    internal StashStore Stash { get; }

    internal SessionTransaction? Transaction => _transaction;

    /// <summary>The session's name, so that a session can stand where its name is wanted.</summary>
    public override string ToString() => Name;

    /// <summary>Where a read goes: to the transaction of this runspace, else to the session itself.</summary>
    internal IDbOperations ForReading()
    {
        RequireUsable();
        return _transaction is { IsMine: true } open ? open.Inner : Adapter;
    }

    /// <summary>Where a write goes.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidOperation"/>: another runspace has a transaction open, or this one's is doomed; <see cref="DbErrorKind.Busy"/>: see
    /// <see cref="Feed"/>.
    /// </exception>
    internal IDbOperations ForWriting()
    {
        IDbOperations destination = ForQuerying();
        if (destination == Adapter)
        {
            RequireNotFed();
        }

        return destination;
    }

    /// <summary>Where a native query goes that may write: like <see cref="ForWriting"/>, but it is left to the database whether it has to wait.</summary>
    internal IDbOperations ForQuerying()
    {
        RequireUsable();
        if (_transaction is not { } open)
        {
            return Adapter;
        }

        if (!open.IsMine)
        {
            throw open.Refusal(
                this, "A write from here would be neither part of it nor safely beside it: connect a session of its own here with Connect-DbAdapter.");
        }

        open.RequireNotDoomed();
        return open.Inner;
    }

    /// <summary>Notes that a write of this runspace failed: what is innermost in its transaction can only be rolled back.</summary>
    internal void Doom(DbConductorException error)
    {
        if (_transaction is { IsMine: true } open)
        {
            open.Doom(error);
        }
    }

    /// <summary>
    /// Notes that a write is open whose rows this runspace's pipeline still makes. Where the database has one writer, a second write of the same
    /// pipeline would wait for the first, which waits for the pipeline: it is refused at once instead.
    /// </summary>
    /// <returns>What ends the note; null where none is needed.</returns>
    internal IDisposable? Feed()
    {
        if (_transaction is not null || !Adapter.Info.SingleWriter)
        {
            return null;
        }

        RequireNotFed();
        Runspace runspace = Runspace.DefaultRunspace;
        lock (_gate)
        {
            _fed.Add(runspace);
        }

        return new Ending(() =>
        {
            lock (_gate)
            {
                _fed.Remove(runspace);
            }
        });
    }

    internal void RequireNotFed()
    {
        lock (_gate)
        {
            if (Adapter.Info.SingleWriter && _fed.Contains(Runspace.DefaultRunspace))
            {
                throw new DbConductorException(
                    DbErrorKind.Busy,
                    $"Session '{Name}' ({Type}) has one writer at a time, and a Save-DbBatch of this pipeline is still writing to it. Put the pipeline "
                    + "into Use-DbTransaction { ... }, where both writes share one transaction, or collect the rows into a variable first.")
                { Target = Name };
            }
        }
    }

    internal void RequireUsable()
    {
        if (State == DbSessionState.Closed)
        {
            throw new DbConductorException(DbErrorKind.InvalidOperation, $"Session '{Name}' is closed: {_closedWhy} Use Connect-DbAdapter.") { Target = Name };
        }
    }

    internal void SetTransaction(SessionTransaction? transaction) => _transaction = transaction;

    /// <summary>Notes what an error says about the connection.</summary>
    internal void Observe(DbConductorException error)
    {
        if (State == DbSessionState.Open && error.Kind is DbErrorKind.Connection or DbErrorKind.OutcomeUnknown)
        {
            State = DbSessionState.Broken;
        }
    }

    /// <summary>Notes that the server answers.</summary>
    internal void Revive()
    {
        if (State == DbSessionState.Broken)
        {
            State = DbSessionState.Open;
        }
    }

    /// <summary>Rolls open work back and closes the connection. A second call does nothing.</summary>
    internal async Task CloseAsync(string why)
    {
        lock (_gate)
        {
            if (State == DbSessionState.Closed)
            {
                return;
            }

            State = DbSessionState.Closed;
            _closedWhy = why;
        }

        if (Interlocked.Exchange(ref _transaction, null) is { } open)
        {
            await open.Inner.DisposeAsync().ConfigureAwait(false);
        }

        // leases end with their session; a server that does not answer lets them run out
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        await Stash.EndLeasesAsync(patience.Token).ConfigureAwait(false);
        await Adapter.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
