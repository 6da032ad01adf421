using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace DbConductor.Tests.Contract;

/// <summary>
/// A process of the tests' own program (<see cref="Program"/>) that works on a database, most until they are killed. It is listened to all the time: one that nobody
/// hears stops in the middle of a word once the pipe is full, perhaps with a lease that others wait for.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _begun = new();
    private readonly Task _listening;

    private ChildProcess(Process process)
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
    public static async Task<ChildProcess> StartAsync(AdapterProfile profile, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        ChildProcess process = new(Process.Start(start)!);
        Place place = new(
            profile.Type, profile.Server, profile.Port, profile.Database, profile.UserName, profile.Password?.Reveal(), profile.ConnectionString?.Reveal(), new(profile.Options));
        await process._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(place));
        return process;
    }

    /// <summary>In that process: connects to the database.</summary>
    public static async Task<IDbAdapter> ConnectAsync()
    {
        Place place = JsonSerializer.Deserialize<Place>(Console.ReadLine()!)!;
        return await ConnectAsync(new()
        {
            Name = "child",
            Type = place.Type,
            Server = place.Server,
            Port = place.Port,
            Database = place.Database,
            UserName = place.UserName,
            Password = place.Password is { } password ? new Secret(password) : null,
            ConnectionString = place.ConnectionString is { } text ? new Secret(text) : null,
            Options = place.Options,
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

    /// <summary>A profile with its secrets to be read.</summary>
    private sealed record Place(
        string Type, string? Server, int? Port, string? Database, string? UserName, string? Password, string? ConnectionString, Dictionary<string, string> Options);
}
