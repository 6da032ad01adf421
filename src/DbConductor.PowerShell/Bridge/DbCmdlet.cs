using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// What every cmdlet of the module is built on: waits for the core's tasks on the pipeline thread, cancels them on Ctrl-C, shows their log
/// and progress, and turns their errors into error records. A cmdlet overrides <c>Begin</c>, <c>Process</c> and <c>End</c>.
/// </summary>
public abstract class DbCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private PipelineLog? _log;

    /// <summary>Cancelled by Ctrl-C, and when whatever is downstream has had enough.</summary>
    private protected CancellationToken Cancel => _stop.Token;

    private protected PipelineLog Log => _log ??= new PipelineLog(this);

    /// <summary>Ends what the cmdlet still has under way; called by PowerShell at the end of the pipeline, however it ended.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the cmdlet still has under way. Nothing can be written to the pipeline any more.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Calls <c>Begin</c>.</summary>
    protected sealed override void BeginProcessing() => Guard(Begin);

    /// <summary>Calls <c>Process</c>.</summary>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <summary>Calls <c>End</c>.</summary>
    protected sealed override void EndProcessing() => Guard(End);

    /// <summary>Cancels; it is called on another thread and must not wait, and a driver's cancel callback may.</summary>
    protected sealed override void StopProcessing() => _ = _stop.CancelAsync();

    private protected virtual void Begin()
    {
    }

    private protected virtual void Process()
    {
    }

    private protected virtual void End()
    {
    }

    /// <summary>What an error is about, where the cmdlet knows better than the error itself.</summary>
    private protected virtual object? TargetOf(DbConductorException error) => null;

    /// <summary>Told of every error of the core that ends a step of this cmdlet.</summary>
    private protected virtual void OnError(DbConductorException error)
    {
    }

    /// <summary>Finds the session that an argument means, and connects it anew where its connection was lost.</summary>
    private protected DbAdapterSession UseSession(object? adapter)
    {
        DbAdapterSession session = SessionTable.Current.Resolve(adapter);
        session.RequireUsable();
        if (session is { State: DbSessionState.Broken, InTransaction: false })
        {
            WriteVerbose($"The connection of session '{session.Name}' was lost; connecting anew.");
            Await(session.Adapter.ConnectAsync);
            session.Revive();
        }

        return session;
    }

    /// <summary>Starts work of the core and waits for it.</summary>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work) => Log.Wait(Start(work));

    /// <summary>Starts work of the core and waits for it.</summary>
    private protected void Await(Func<CancellationToken, Task> work) => Log.Wait(Start(work));

    /// <summary>Work that Ctrl-C must not cut short: rolling back, closing.</summary>
    private protected void AwaitToTheEnd(Func<CancellationToken, Task> work)
    {
        // nothing is written meanwhile: in a pipeline that is being stopped, writing throws
        Log.Start(() => work(CancellationToken.None)).GetAwaiter().GetResult();
        if (!Stopping)
        {
            Log.Drain();
        }
    }

    /// <summary>Starts work of the core whose log comes to this cmdlet's streams.</summary>
    private protected Task<T> Start<T>(Func<CancellationToken, Task<T>> work) => Log.Start(() => work(Cancel));

    /// <summary>Starts work of the core whose log comes to this cmdlet's streams.</summary>
    private protected Task Start(Func<CancellationToken, Task> work) => Log.Start(() => work(Cancel));

    /// <summary>Stops what is under way because nobody wants the rest.</summary>
    private protected void Abandon() => _ = _stop.CancelAsync();

    /// <summary>Writes an error that does not end the call.</summary>
    private protected void WriteError(DbConductorException error, object? target = null) =>
        WriteError(ErrorRecords.From(error, target ?? TargetOf(error)));

    /// <summary>Ends the call with an error.</summary>
    private protected void Throw(DbConductorException error) => ThrowTerminatingError(ErrorRecords.From(error, TargetOf(error)));

    /// <summary>Resolves a path as PowerShell does, relative to its own location; the file need not be there.</summary>
    private protected string ResolvePath(string path)
    {
        string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? resolved : throw new DbConductorException(
            DbErrorKind.InvalidArgument, $"'{path}' is a path of the provider {provider.Name}. Give a path of the file system.") { Target = path };
    }

    /// <summary>Writes rows to the pipeline as they come. Whoever stops listening, downstream or by Ctrl-C, cancels the rest.</summary>
    private protected void WriteRows(RowReader rows, RowShape shape)
    {
        try
        {
            // rows are read on this thread as they are written
            Log.Run(() =>
            {
                long count = 0;
                foreach (object? item in RowObjects.Create(rows, shape).Read(Log.Wait, Cancel))
                {
                    WriteObject(item, enumerateCollection: false);
                    Log.Tick(++count);
                }
            });
        }
        finally
        {
            AwaitToTheEnd(_ => rows.DisposeAsync().AsTask());
        }
    }

    /// <summary>Resolves a path of a file that is read; wildcards must match exactly one.</summary>
    private protected string ResolveOne(string path)
    {
        IReadOnlyList<string> found = ResolveMany(path);
        return found.Count == 1 ? found[0] : throw new DbConductorException(
            DbErrorKind.InvalidArgument, $"'{path}' matches {found.Count} files; it must match one file of the file system.") { Target = path };
    }

    /// <summary>Resolves a path of files that are read; wildcards must match one at least.</summary>
    private protected IReadOnlyList<string> ResolveMany(string path)
    {
        try
        {
            Collection<string> found = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            return provider.Name != "FileSystem" ? throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"'{path}' is a path of the provider {provider.Name}. Give a path of the file system.") { Target = path }
                : found.Count > 0 ? found : throw new DbConductorException(DbErrorKind.NotFound, $"No file matches '{path}'.") { Target = path };
        }
        catch (ItemNotFoundException error)
        {
            throw new DbConductorException(DbErrorKind.NotFound, $"There is no file '{path}'.", error) { Target = path };
        }
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (OperationCanceledException) when (Stopping || _stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (DbConductorException error)
        {
            OnError(error);
            Log.Drain();
            if (Stopping)
            {
                // drivers word a cancelled command in many ways
                throw new PipelineStoppedException();
            }

            Log.Done();
            Throw(error);
        }
    }
}
