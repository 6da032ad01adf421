using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DbConductor.Tests.Servers;

/// <summary>A server of the tests' own on a loopback port, in a folder that goes with it.</summary>
public abstract class ThrowawayServer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>Takes a folder and a port.</summary>
    protected ThrowawayServer(string product)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory($"dbconductor-{product}-").FullName;
        Port = FreePort();
    }

    /// <summary>The TCP port on 127.0.0.1; the same after <see cref="Restart"/>.</summary>
    public int Port { get; }

    /// <summary>How its driver reaches it.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Where its files are.</summary>
    protected string Directory { get; }

    /// <summary>A port where nobody listens.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Ends the server at once, as a crash does: connections break, recovery runs at the next start.</summary>
    public abstract void Kill();

    /// <summary>Starts the server on the port that it had.</summary>
    public abstract void Restart();

    /// <inheritdoc/>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Kill();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Starts a new server, whose files go where that fails.</summary>
    protected static T Start<T>(T server)
        where T : ThrowawayServer
    {
        try
        {
            server.Restart();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="InvalidOperationException">It does not in two minutes.</exception>
    protected static void Wait(Func<bool> condition, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > s_patience)
            {
                throw new InvalidOperationException($"{what}: not within {s_patience.TotalSeconds} seconds");
            }

            Thread.Sleep(50);
        }
    }

    /// <summary>Whether anyone listens on the port.</summary>
    protected bool Listens()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed, or there is none.</exception>
    public static string Run(string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments) { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{file} failed with exit code {process.ExitCode}: {errors.Result}{output}");
    }

    /// <summary>The first of these folders, then of the search path's, that has a program in it.</summary>
    protected static string? FindFolder(string program, params string?[] candidates) => candidates
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, program)));
}
