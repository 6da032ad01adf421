using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace DbConductor.Tests.Servers;

/// <summary>A throwaway PostgreSQL cluster on a free loopback port. Disposing it stops the server and removes its files.</summary>
public sealed class PostgreSqlCluster : IDisposable
{
    private const string Role = "dbconductor";

    /// <summary>Where the binaries are is in this variable, for tests that start a cluster of their own.</summary>
    public const string BinariesVariable = "DBCONDUCTOR_TEST_POSTGRESQL_BIN";

    // initdb and postgres refuse root; Debian's package brings this user
    private static readonly bool ActAsPostgres = !OperatingSystem.IsWindows() && Environment.UserName == "root";

    private readonly string _binaries;
    private readonly string _directory;
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    private readonly bool _durable;

    private PostgreSqlCluster(string binaries, bool durable)
    {
        _binaries = binaries;
        _durable = durable;
        _directory = Directory.CreateTempSubdirectory("dbconductor-postgresql-").FullName;
        Port = FreePort();
    }

    /// <summary>The TCP port on 127.0.0.1; the same after <see cref="Restart"/>.</summary>
    public int Port { get; }

    /// <summary>How Npgsql reaches it, as a superuser with a password.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={Role};Password={_password};Database=postgres";

    private string DataDirectory => Path.Combine(_directory, "data");

    /// <summary>The folder of the newest server's binaries on this machine; null where there is none.</summary>
    public static string? FindBinaries()
    {
        var name = OperatingSystem.IsWindows() ? "initdb.exe" : "initdb";
        IEnumerable<string?> candidates =
        [
            Environment.GetEnvironmentVariable(BinariesVariable),
            .. Versions("/usr/lib/postgresql"),
            .. Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ];
        return candidates.FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, name)));

        static IEnumerable<string> Versions(string root) => Directory.Exists(root)
            ? Directory.GetDirectories(root)
                .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
    }

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="binaries">The folder of <c>initdb</c> and <c>pg_ctl</c>.</param>
    /// <param name="durable">Whether commits reach the disk, as in production; tests need only survive a killed process, not a power cut.</param>
    public static PostgreSqlCluster Start(string binaries, bool durable = false)
    {
        var cluster = new PostgreSqlCluster(binaries, durable);
        try
        {
            cluster.Initialise();
            cluster.Restart();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Ends every process of the server at once, as a crash does: connections break, recovery runs at the next start.</summary>
    public void Kill() => Run("pg_ctl", "stop", "-D", DataDirectory, "-m", "immediate", "-w");

    /// <summary>Starts the server on the port that it had.</summary>
    public void Restart()
    {
        var settings = $"-p {Port} -c listen_addresses=127.0.0.1 -c max_prepared_transactions=10 -c fsync={(_durable ? "on" : "off")}";
        if (!OperatingSystem.IsWindows())
            settings += $" -c unix_socket_directories={_directory}";
        Run("pg_ctl", "start", "-D", DataDirectory, "-l", Path.Combine(_directory, "log"), "-w", "-t", "60", "-o", settings);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (File.Exists(Path.Combine(DataDirectory, "postmaster.pid")))
        {
            try
            {
                Kill();
            }
            catch (InvalidOperationException)
            {
                // it was dead already; its files go all the same
            }
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void Initialise()
    {
        var passwordFile = Path.Combine(_directory, "password");
        File.WriteAllText(passwordFile, _password);
        if (ActAsPostgres)
            Execute("chown", ["-R", "postgres", _directory]);
        Run("initdb", "-D", DataDirectory, "-U", Role, "--pwfile", passwordFile, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", OperatingSystem.IsLinux() ? "C.UTF-8" : "C", "--no-sync");
    }

    private void Run(string tool, params string[] arguments)
    {
        var path = Path.Combine(_binaries, tool);
        if (ActAsPostgres)
            Execute("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Execute(path, arguments);
    }

    private static void Execute(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} failed with exit code {process.ExitCode}: {errors.Result}{output}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
