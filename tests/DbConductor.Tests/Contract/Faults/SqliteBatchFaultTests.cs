namespace DbConductor.Tests.Contract;

/// <summary>Batches into an SQLite file, whose writer is killed.</summary>
public sealed class SqliteBatchFaultTests : BatchFaultTests
{
    private protected override FaultServer StartServer() => File();

    internal static FaultServer File()
    {
        Folder folder = new();
        return new(new() { Name = "faults", Type = "Sqlite", Database = Path.Combine(folder.Path, "test.db") }, folder);
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("dbconductor-faults-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
