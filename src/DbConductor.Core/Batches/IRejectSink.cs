namespace DbConductor;

/// <summary>
/// Where rejects go that stand in no table: a file. One call uses it, one step at a time.
/// </summary>
public interface IRejectSink
{
    /// <summary>
    /// Takes a reject. It is final only once <see cref="SettleAsync"/> was called; where the call fails before that, it is void. An adapter that sends its
    /// input again hands each reject over once.
    /// </summary>
    ValueTask AddAsync(Reject reject, CancellationToken cancel);

    /// <summary>
    /// Called after each commit: the rejects taken so far stay. Not called inside a transaction, whose owner commits: then the owner of the sink settles it.
    /// </summary>
    ValueTask SettleAsync(CancellationToken cancel);
}
