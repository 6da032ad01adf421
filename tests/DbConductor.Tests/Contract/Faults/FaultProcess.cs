using System.Diagnostics;
using System.Threading.Channels;

namespace DbConductor.Tests.Contract;

/// <summary>
/// A process of the tests' own program (<see cref="Program"/>) that works on a database until it is killed. It is listened to all the time: one that nobody hears
/// stops in the middle of a word once the pipe is full, perhaps with a lease that others wait for.
/// </summary>
internal sealed class FaultProcess : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _begun = new();
    private readonly Task _listening;

    private FaultProcess(Process process)
    {
        _process = process;
        _listening = ListenAsync();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Ends with its first words.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Starts one.</summary>
    /// <param name="profile">The database, which goes over standard input, since it may hold a password.</param>
    /// <param name="arguments">What it is to do.</param>
    public static async Task<FaultProcess> StartAsync(AdapterProfile profile, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(FaultProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        FaultProcess process = new(Process.Start(start)!);
        await process._process.StandardInput.WriteLineAsync(profile.Type);
        await process._process.StandardInput.WriteLineAsync(profile.Database ?? "");
        await process._process.StandardInput.WriteLineAsync(profile.ConnectionString?.Reveal() ?? "");
        return process;
    }

    /// <summary>In that process: connects to the database.</summary>
    public static async Task<IDbAdapter> ConnectAsync()
    {
        string type = Console.ReadLine()!;
        string database = Console.ReadLine()!;
        string connection = Console.ReadLine()!;
        return await ConnectAsync(new()
        {
            Name = "child",
            Type = type,
            Database = database.Length > 0 ? database : null,
            ConnectionString = connection.Length > 0 ? new Secret(connection) : null,
        });
    }

    public static async Task<IDbAdapter> ConnectAsync(AdapterProfile profile)
    {
        IDbAdapter adapter = AdapterCatalog.Installed.Find(profile.Type).Create(profile, new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }

    /// <summary>The next line that it says; waits for it.</summary>
    /// <exception cref="ChannelClosedException">It has ended.</exception>
    public async Task<string> NextAsync() => await _said.Reader.ReadAsync();

    /// <summary>Kills it, which must still run, and returns those lines that nobody has taken; the last one may be cut.</summary>
    public async Task<List<string>> KillAsync()
    {
        Xunit.Assert.False(HasExited, "the process ended by itself");
        _process.Kill();
        await _listening;
        await _process.WaitForExitAsync();
        List<string> lines = [];
        while (_said.Reader.TryRead(out string? line))
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _said.Writer.TryWrite(line);
            _begun.TrySetResult();
        }

        _said.Writer.TryComplete();
        _begun.TrySetResult();
    }
}
