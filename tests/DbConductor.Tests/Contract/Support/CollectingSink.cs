namespace DbConductor.Tests.Contract;

/// <summary>Keeps rejects, and how many of them were final when.</summary>
internal sealed class CollectingSink : IRejectSink
{
    public List<Reject> Taken { get; } = [];

    public int Final { get; private set; }

    public ValueTask AddAsync(Reject reject, CancellationToken cancel)
    {
        Taken.Add(reject);
        return default;
    }

    public ValueTask SettleAsync(CancellationToken cancel)
    {
        Final = Taken.Count;
        return default;
    }
}
