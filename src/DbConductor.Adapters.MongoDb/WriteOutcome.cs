using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>What the server did with a batch of writes.</summary>
/// <param name="Done">What it wrote.</param>
/// <param name="Refused">The places of those that it refused, in order, and why.</param>
/// <param name="Untried">The places of those that it did not come to.</param>
internal sealed record WriteOutcome(
    BulkWriteResult<RawDocument> Done, IReadOnlyList<(int Index, DbConductorException Error)> Refused, IReadOnlyList<int> Untried)
{
    /// <summary>The places of all that are not written.</summary>
    public IReadOnlyCollection<int> NotWritten => [.. Refused.Select(r => r.Index), .. Untried];

    /// <summary>Goes on where all was written.</summary>
    /// <exception cref="DbConductorException">The error of the first row that was refused.</exception>
    public BulkWriteResult<RawDocument> Whole() => Refused.Count == 0 ? Done : throw Refused[0].Error;
}
