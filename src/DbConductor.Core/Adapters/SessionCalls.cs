using Microsoft.Extensions.Logging;

namespace DbConductor;

/// <summary>
/// How the calls of a session run, on whichever database: each as an operation of logs, spans and metrics, and each error as one of ours, without a secret.
/// </summary>
/// <param name="profile">The session's settings.</param>
/// <param name="source">What its operations have in common.</param>
/// <param name="logger">Where it logs.</param>
/// <param name="classify">Turns an error of the driver into ours; given neither one of ours nor a cancellation.</param>
public sealed class SessionCalls(
    AdapterProfile profile, OperationSource source, ILogger logger, Func<Exception, TableName?, DbConductorException> classify)
{
    private readonly Redaction _redaction = Redaction.For(profile);

    /// <summary>Where the session logs.</summary>
    public ILogger Logger => logger;

    /// <summary>What the session's operations have in common.</summary>
    public OperationSource Source { get; set; } = source;

    /// <summary>Whether the session was closed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Refuses a call on a session that is closed or was never connected.</summary>
    /// <param name="isConnected">Whether it was connected.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidOperation"/>.</exception>
    public void RequireOpen(bool isConnected)
    {
        if (!isConnected || IsClosed)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation, IsClosed ? "The session is closed. Connect again with Connect-DbAdapter." : "The session has not been connected yet.")
            { Target = profile.Name };
        }
    }

    /// <summary>Runs a call as one operation.</summary>
    /// <param name="name">What is done, as in <see cref="Operation.Start"/>.</param>
    /// <param name="table">The table concerned.</param>
    /// <param name="work">The call.</param>
    /// <param name="cancel">The caller's token: an error that comes of its cancellation is a cancellation.</param>
    public Task<T> RunAsync<T>(string name, TableName? table, Func<Operation, Task<T>> work, CancellationToken cancel) =>
        Operation.RunAsync(logger, Source, name, table, async operation =>
        {
            try
            {
                return await work(operation).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                throw ToError(e, table, cancel);
            }
        });

    /// <summary>What a caller gets for an error: ours, or a cancellation where the caller cancelled.</summary>
    public Exception ToError(Exception error, TableName? table, CancellationToken cancel) => error switch
    {
        _ when cancel.IsCancellationRequested && error is not OperationCanceledException && error is not DbConductorException { Kind: DbErrorKind.OutcomeUnknown }
            => new OperationCanceledException(null, error, cancel),
        OperationCanceledException => error,
        _ => ToError(error, table),
    };

    /// <summary>Any error as ours, with no secret and nothing of the driver's own behind it: whatever leaves an adapter has come through here.</summary>
    public DbConductorException ToError(Exception error, TableName? table) =>
        _redaction.Apply(error switch
        {
            // who converts a value knows its column and not whose it is
            DbConductorException { Column: not null, Target: null } ours when table is { } known => ours.Of(known),
            DbConductorException ours => ours,
            _ => classify(error, table),
        });
}
