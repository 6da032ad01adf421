using System.Diagnostics;
using System.Globalization;

namespace DbConductor.Tests.Servers;

/// <summary>
/// A throwaway server of the testbed that may lie beside the repository: a folder with a script <c>NAME.sh</c>, which takes <c>start</c> with <c>--port</c>
/// and <c>--data</c>, prints a connection string, and keeps the server's process id in <c>DATA/NAME.pid</c>.
/// </summary>
public sealed class TestbedServer : ThrowawayServer
{
    private readonly string _name;
    private readonly string _folder;
    private readonly string[] _options;
    private string? _connectionString;

    private TestbedServer(string name, string folder, string[] options)
        : base(name)
    {
        _name = name;
        _folder = folder;
        _options = options;
    }

    /// <inheritdoc/>
    public override string ConnectionString => _connectionString ?? throw new InvalidOperationException("The server has not been started.");

    private string Data => Path.Combine(Directory, "data");

    /// <summary>Where a server's unpacked folder is is in this variable, for tests that start a server of their own.</summary>
    public static string FolderVariable(string name) => $"DBCONDUCTOR_TEST_{name.ToUpperInvariant()}_BIN";

    /// <summary>The unpacked folder of a server, from its variable; else from the testbed, which unpacks it once.</summary>
    /// <param name="name">The server's name there.</param>
    /// <param name="testbed">The folder of the testbed, if it is known.</param>
    public static string? Find(string name, string? testbed = null)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable(name)) is { Length: > 0 } folder)
        {
            return folder;
        }

        return OperatingSystem.IsLinux() && testbed is not null && File.Exists(Path.Combine(testbed, name + ".tar.xz"))
            ? Run(Path.Combine(testbed, "unpack"), name).Trim()
            : null;
    }

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="name">The server's name.</param>
    /// <param name="folder">Its unpacked folder.</param>
    /// <param name="options">What else its script is told.</param>
    public static TestbedServer Start(string name, string folder, params string[] options) => Start(new TestbedServer(name, folder, options));

    /// <inheritdoc/>
    public override void Kill()
    {
        string file = Path.Combine(Data, _name + ".pid");
        if (!File.Exists(file))
        {
            return;
        }

        try
        {
            using Process server = Process.GetProcessById(int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture));
            server.Kill();
        }
        catch (ArgumentException)
        {
            // it has ended by itself
        }

        Wait(() => !Listens(), $"{_name} does not end");
        File.Delete(file);
    }

    /// <inheritdoc/>
    public override void Restart() =>
        _connectionString = Run(
            Path.Combine(_folder, _name + ".sh"), ["start", "--port", Port.ToString(CultureInfo.InvariantCulture), "--data", Data, .. _options]).Trim();
}
