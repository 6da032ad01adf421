namespace DbConductor.Spark;

/// <summary>What must stay as it is while the frames of a call's sides are used.</summary>
internal sealed class Holds : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _held = [];

    internal void Add(IAsyncDisposable? hold)
    {
        if (hold is not null)
        {
            _held.Add(hold);
        }
    }

    /// <summary>Lets all of it go.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable hold in _held)
        {
            await hold.DisposeAsync().ConfigureAwait(false);
        }
    }
}
