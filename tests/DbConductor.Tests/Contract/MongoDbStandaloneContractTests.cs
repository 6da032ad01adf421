using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>MongoDB as a standalone server: what cannot be all or nothing without transactions is refused, and each test that needs it is a skip with that reason.</summary>
public sealed partial class MongoDbStandaloneContractTests(MongoDbStandalone database) : MongoDbContract(database), IClassFixture<MongoDbStandalone>
{
    /// <inheritdoc/>
    protected override IAdapterFactory Factory { get; } = new StandaloneFactory();

    /// <summary>Without transactions a collection is exchanged for another under its readers.</summary>
    protected override bool ReadsOneMoment => false;

    /// <summary>A tailable cursor waits for a document that never comes.</summary>
    protected override string EndlessQuery(string mark) =>
        $$$"""[{"create": "{{{mark}}}", "capped": true, "size": 4096}, {"insert": "{{{mark}}}", "documents": [{"a": 1}]}, {"find": "{{{mark}}}", "filter": {"a": 2}, "tailable": true, "awaitData": true}]""";

    private sealed class StandaloneFactory : IAdapterFactory
    {
        private readonly DbConductor.Adapters.MongoDb.MongoDbAdapterFactory _inner = new();

        public string Type => _inner.Type;

        public IReadOnlyList<string> Aliases => _inner.Aliases;

        public IDbAdapter Create(AdapterProfile profile, AdapterServices services) => new SkippingAdapter(_inner.Create(profile, services), "standalone server");
    }
}
