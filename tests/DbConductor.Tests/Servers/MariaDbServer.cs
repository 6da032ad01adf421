using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace DbConductor.Tests.Servers;

/// <summary>A throwaway MariaDB server from the system's package.</summary>
public sealed class MariaDbServer : ThrowawayServer
{
    /// <summary>Where the server's binary is is in this variable, for tests that start a server of their own.</summary>
    public const string BinariesVariable = "DBCONDUCTOR_TEST_MARIADB_BIN";

    private const string User = "dbconductor";

    private readonly string _binaries;
    private readonly bool _durable;
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    private Process? _process;

    private MariaDbServer(string binaries, bool durable)
        : base("mariadb")
    {
        _binaries = binaries;
        _durable = durable;
    }

    /// <inheritdoc/>
    public override string ConnectionString => $"Server=127.0.0.1;Port={Port};User ID={User};Password={_password}";

    // it refuses to run as root unless told
    private static string[] AsRoot => Environment.UserName == "root" ? ["--user=root"] : [];

    private string Data => Path.Combine(Directory, "data");

    // a server that starts removes temporary tables from the folder that others have theirs in, unless each has its own
    private string Temporary => System.IO.Directory.CreateDirectory(Path.Combine(Directory, "tmp")).FullName;

    /// <summary>The folder of the server's binary on this machine; null where there is none.</summary>
    public static string? FindBinaries() => FindFolder("mariadbd", Environment.GetEnvironmentVariable(BinariesVariable), "/usr/sbin", "/usr/local/sbin");

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="binaries">The folder of <c>mariadbd</c>.</param>
    /// <param name="durable">Whether commits reach the disk, as in production; tests need only survive a killed process, not a power cut.</param>
    public static MariaDbServer Start(string binaries, bool durable = false) => Start(new MariaDbServer(binaries, durable));

    /// <inheritdoc/>
    public override void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        string init = Path.Combine(Directory, "init.sql");
        if (!System.IO.Directory.Exists(Data))
        {
            Run(
                FindFolder("mariadb-install-db", _binaries) is { } folder ? Path.Combine(folder, "mariadb-install-db") : "mariadb-install-db",
                ["--no-defaults", .. AsRoot, $"--datadir={Data}", $"--tmpdir={Temporary}", "--skip-test-db", "--auth-root-authentication-method=normal", "--skip-name-resolve"]);
            File.WriteAllText(init, $"CREATE USER IF NOT EXISTS {User}@'%' IDENTIFIED BY '{_password}';\nGRANT ALL ON *.* TO {User}@'%' WITH GRANT OPTION;\n");
        }

        string log = Path.Combine(Directory, "log");
        ProcessStartInfo start = new(
            Path.Combine(_binaries, "mariadbd"),
            [
                "--no-defaults", .. AsRoot, $"--datadir={Data}", $"--tmpdir={Temporary}", $"--port={Port}", "--bind-address=127.0.0.1", $"--socket={Path.Combine(Directory, "socket")}",
                $"--pid-file={Path.Combine(Directory, "pid")}", $"--log-error={log}", $"--init-file={init}", "--skip-name-resolve", "--local-infile=ON",
                "--innodb-buffer-pool-size=256M", $"--innodb-flush-log-at-trx-commit={(_durable ? 1 : 2)}",
            ])
        { WorkingDirectory = Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Wait(
            () => _process.HasExited ? throw new InvalidOperationException($"mariadbd ended while starting: {string.Join('\n', File.ReadLines(log).TakeLast(10))}") : Greets(),
            "MariaDB does not answer");
    }

    // it listens before it has read the init file, and greets after it
    private bool Greets()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", Port) { ReceiveTimeout = 1000 };
            return client.GetStream().ReadByte() >= 0;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
