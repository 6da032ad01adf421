using System.Runtime.InteropServices;
using DbConductor.Tests.Servers;

namespace DbConductor.Building;

/// <summary>The servers that tests talk to: those that the environment names, else throwaway ones on this machine.</summary>
internal sealed class TestServers : IDisposable
{
    private const string PostgreSql = "DBCONDUCTOR_TEST_POSTGRESQL";

    private readonly List<IDisposable> _started = [];
    private PosixSignalRegistration[] _signals = [];

    /// <summary>What tests find in their environment.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Servers that are missing and must not be: on CI, all.</summary>
    public int Missing { get; private set; }

    /// <param name="durable">Whether commits must reach the disk, for measurements.</param>
    public static TestServers Start(bool durable = false)
    {
        var servers = new TestServers();
        servers._signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, servers.End),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, servers.End),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, servers.End),
        ];
        servers.StartPostgreSql(durable);
        return servers;
    }

    public void Dispose()
    {
        lock (_started)
        {
            _started.ForEach(server => server.Dispose());
            _started.Clear();
        }

        foreach (var signal in _signals)
            signal.Dispose();
    }

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

    private void StartPostgreSql(bool durable)
    {
        var binaries = PostgreSqlCluster.FindBinaries();
        if (binaries is null && Options.OnCi)
        {
            Install("postgresql");
            binaries = PostgreSqlCluster.FindBinaries();
        }

        Environment[PostgreSqlCluster.BinariesVariable] = binaries;
        if (!string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable(PostgreSql)))
            return;
        try
        {
            var cluster = PostgreSqlCluster.Start(binaries ?? throw new InvalidOperationException("its binaries are not installed"), durable);
            _started.Add(cluster);
            Environment[PostgreSql] = cluster.ConnectionString;
            Console.WriteLine($"PostgreSQL started on 127.0.0.1:{cluster.Port} from {binaries}");
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"no PostgreSQL server: {e.Message.Trim()}; set {PostgreSql} to a connection string to test on one of your own");
            Missing += Options.OnCi ? 1 : 0;
        }
    }

    private static void Install(string package)
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
        Shell.Run("apt-get", ["install", "-y", "-qq", package], environment);
    }
}
