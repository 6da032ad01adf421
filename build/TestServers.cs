using System.Runtime.InteropServices;
using DbConductor.Tests.Servers;

namespace DbConductor.Building;

/// <summary>The servers that tests talk to: those that the environment names, else throwaway ones on this machine.</summary>
internal sealed class TestServers : IDisposable
{
    private readonly List<IDisposable> _started = [];
    private PosixSignalRegistration[] _signals = [];

    /// <summary>What tests find in their environment.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Servers that are missing and must not be: on CI, all.</summary>
    public int Missing { get; private set; }

    /// <summary>Servers and tools that may lie beside the repository.</summary>
    public static string Testbed => Repository.At("..", "shared", "testbed");

    /// <param name="adapters">The types of the adapters that were built; the others' servers are not needed.</param>
    /// <param name="durable">Whether commits must reach the disk, for measurements.</param>
    /// <param name="only">The variables of the servers that are wanted; null means all.</param>
    public static TestServers Start(IReadOnlyList<string> adapters, bool durable = false, IReadOnlyList<string>? only = null)
    {
        var servers = new TestServers();
        servers._signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, servers.End),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, servers.End),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, servers.End),
        ];
        var kinds = All(durable).Where(kind => adapters.Contains(kind.Adapter) && only?.Contains(kind.Variable) != false).ToList();
        foreach (var kind in kinds.DistinctBy(kind => kind.FolderVariable))
            servers.Environment[kind.FolderVariable] = kind.Find() ?? (kind.Package is { } package && Options.OnCi && Install(package) ? kind.Find() : null);
        foreach (var tool in only is null ? new[] { "tpch", "spark" } : [])
            servers.Environment[TestbedServer.FolderVariable(tool)] = TestbedServer.Find(tool, Testbed);
        Parallel.ForEach(kinds, servers.Provide);
        return servers;
    }

    public void Dispose()
    {
        lock (_started)
        {
            Parallel.ForEach(_started, server => server.Dispose());
            _started.Clear();
        }

        foreach (var signal in _signals)
            signal.Dispose();
    }

    private static IEnumerable<Kind> All(bool durable) =>
    [
        new("PostgreSql", "PostgreSQL", "DBCONDUCTOR_TEST_POSTGRESQL", PostgreSqlCluster.BinariesVariable, "postgresql", PostgreSqlCluster.FindBinaries,
            folder => Running(PostgreSqlCluster.Start(folder, durable))),
        new("MySql", "MariaDB", "DBCONDUCTOR_TEST_MARIADB", MariaDbServer.BinariesVariable, "mariadb-server", MariaDbServer.FindBinaries,
            folder => Running(MariaDbServer.Start(folder, durable))),
        new("MySql", "MySQL", "DBCONDUCTOR_TEST_MYSQL", TestbedServer.FolderVariable("mysql"), null, () => TestbedServer.Find("mysql", Testbed),
            folder => Running(TestbedServer.Start("mysql", folder, durable ? [] : ["--", "--innodb-flush-log-at-trx-commit=2"]))),
        new("MongoDb", "MongoDB (replica set)", "DBCONDUCTOR_TEST_MONGODB", TestbedServer.FolderVariable("mongo"), null, () => TestbedServer.Find("mongo", Testbed),
            folder => Running(TestbedServer.Start("mongo", folder, ["--replica-set", "--auth", $"tester:{Guid.NewGuid():N}", .. Lax(durable)]))),
        new("MongoDb", "MongoDB (standalone)", "DBCONDUCTOR_TEST_MONGODB_STANDALONE", TestbedServer.FolderVariable("mongo"), null, () => TestbedServer.Find("mongo", Testbed),
            folder => Running(TestbedServer.Start("mongo", folder, Lax(durable)))),
    ];

    private static string[] Lax(bool durable) => durable ? [] : ["--no-sync"];

    private static (IDisposable Server, int Port, string ConnectionString) Running(ThrowawayServer server) => (server, server.Port, server.ConnectionString);

    // whoever ends the build (Ctrl-C, a closed terminal, a CI's time limit) must not leave a server behind
    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        Shell.Stop();
        lock (_started)
        {
            _started.ForEach(server => server.Dispose());
            System.Environment.Exit(1);
        }
    }

    private void Provide(Kind kind)
    {
        if (!string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable(kind.Variable)))
            return;
        try
        {
            var folder = Environment[kind.FolderVariable]
                ?? throw new InvalidOperationException(kind.Package is null ? "it is not beside the repository" : "its binaries are not installed");
            var (server, port, connectionString) = kind.Start(folder);
            lock (_started)
            {
                _started.Add(server);
                Environment[kind.Variable] = connectionString;
            }

            Console.WriteLine($"{kind.Product} started on 127.0.0.1:{port} from {folder}");
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"no {kind.Product} server: {e.Message.Trim()}; set {kind.Variable} to a connection string to test on one of your own");
            lock (_started)
                Missing += Options.OnCi ? 1 : 0;
        }
    }

    private static bool Install(string package)
    {
        // Debian's package makes a cluster of its own and starts it, unless told; tests need only the binaries.
        const string clusters = "/etc/postgresql-common/createcluster.conf";
        if (!File.Exists(clusters))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(clusters)!);
            File.WriteAllText(clusters, "create_main_cluster = false\n");
        }

        var environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        Shell.Run("apt-get", ["update", "-qq"], environment);
        return Shell.Run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", package], environment) == 0;
    }

    /// <summary>A kind of server.</summary>
    /// <param name="Adapter">The type of the adapter that it tests.</param>
    /// <param name="Product">What people call it.</param>
    /// <param name="Variable">Where tests find its connection string.</param>
    /// <param name="FolderVariable">Where tests that start one of their own find its programs.</param>
    /// <param name="Package">Debian's package; null where there is none.</param>
    /// <param name="Find">Finds the folder of its programs.</param>
    /// <param name="Start">Starts one from there.</param>
    private sealed record Kind(
        string Adapter, string Product, string Variable, string FolderVariable, string? Package, Func<string?> Find,
        Func<string, (IDisposable Server, int Port, string ConnectionString)> Start);
}
