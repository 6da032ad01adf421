using System.Security.Cryptography;

namespace DbConductor.Tests.Servers;

/// <summary>A throwaway PostgreSQL cluster.</summary>
public sealed class PostgreSqlCluster : ThrowawayServer
{
    private const string Role = "dbconductor";

    /// <summary>Where the binaries are is in this variable, for tests that start a cluster of their own.</summary>
    public const string BinariesVariable = "DBCONDUCTOR_TEST_POSTGRESQL_BIN";

    // initdb and postgres refuse root; Debian's package brings this user
    private static readonly bool ActAsPostgres = !OperatingSystem.IsWindows() && Environment.UserName == "root";

    private readonly string _binaries;
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    private readonly bool _durable;

    private PostgreSqlCluster(string binaries, bool durable)
        : base("postgresql")
    {
        _binaries = binaries;
        _durable = durable;
    }

    /// <summary>How Npgsql reaches it, as a superuser with a password.</summary>
    public override string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={Role};Password={_password};Database=postgres";

    private string DataDirectory => Path.Combine(Directory, "data");

    /// <summary>The folder of the newest server's binaries on this machine; null where there is none.</summary>
    public static string? FindBinaries()
    {
        var name = OperatingSystem.IsWindows() ? "initdb.exe" : "initdb";
        return FindFolder(
            name,
            [
                Environment.GetEnvironmentVariable(BinariesVariable),
                .. Versions("/usr/lib/postgresql"),
                .. Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")),
            ]);

        static IEnumerable<string> Versions(string root) => System.IO.Directory.Exists(root)
            ? System.IO.Directory.GetDirectories(root)
                .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
    }

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="binaries">The folder of <c>initdb</c> and <c>pg_ctl</c>.</param>
    /// <param name="durable">Whether commits reach the disk, as in production; tests need only survive a killed process, not a power cut.</param>
    public static PostgreSqlCluster Start(string binaries, bool durable = false) => Start(new PostgreSqlCluster(binaries, durable));

    /// <inheritdoc/>
    public override void Kill()
    {
        if (!File.Exists(Path.Combine(DataDirectory, "postmaster.pid")))
            return;

        try
        {
            RunTool("pg_ctl", "stop", "-D", DataDirectory, "-m", "immediate", "-w");
        }
        catch (InvalidOperationException) when (!Listens())
        {
            // it was dead already, and had left its file
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        if (!System.IO.Directory.Exists(DataDirectory))
            Initialise();

        var settings = $"-p {Port} -c listen_addresses=127.0.0.1 -c max_prepared_transactions=10 -c fsync={(_durable ? "on" : "off")}";
        if (!OperatingSystem.IsWindows())
            settings += $" -c unix_socket_directories={Directory}";
        RunTool("pg_ctl", "start", "-D", DataDirectory, "-l", Path.Combine(Directory, "log"), "-w", "-t", "60", "-o", settings);
    }

    private void Initialise()
    {
        var passwordFile = Path.Combine(Directory, "password");
        File.WriteAllText(passwordFile, _password);
        if (ActAsPostgres)
            Run("chown", "-R", "postgres", Directory);
        RunTool("initdb", "-D", DataDirectory, "-U", Role, "--pwfile", passwordFile, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", OperatingSystem.IsLinux() ? "C.UTF-8" : "C", "--no-sync");
    }

    private void RunTool(string tool, params string[] arguments)
    {
        var path = Path.Combine(_binaries, tool);
        if (ActAsPostgres)
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Run(path, arguments);
    }
}
