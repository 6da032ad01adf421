using System.Diagnostics;

namespace DbConductor.Tests.Contract;

/// <summary>Kills a server at random moments of a work that goes on, and starts it again.</summary>
/// <param name="server">The server.</param>
/// <param name="kills">How often at least: more, if none has been felt, since a driver may repeat what a kill broke off.</param>
/// <param name="seed">Of the moments.</param>
internal sealed class ServerKiller(FaultServer server, int kills, int seed)
{
    private readonly Random _random = new(seed);
    private int _steps;
    private int _failures;

    /// <summary>Called when a step of the work has ended well.</summary>
    public void Step() => Interlocked.Increment(ref _steps);

    /// <summary>Called when a step of the work has failed.</summary>
    public void Fail()
    {
        Interlocked.Increment(ref _failures);
        Step();
    }

    /// <summary>Kills until it has been often enough.</summary>
    /// <returns>How many steps failed.</returns>
    public Task<int> RunAsync() => Task.Run(async () =>
    {
        for (int kill = 0; kill < kills || (Volatile.Read(ref _failures) == 0 && kill < kills + 50); kill++)
        {
            // a driver sees later that a server is back, and only who is at work can be hit
            int before = Volatile.Read(ref _steps);
            Stopwatch watch = Stopwatch.StartNew();
            while (Volatile.Read(ref _steps) == before && watch.Elapsed < TimeSpan.FromSeconds(10))
            {
                await Task.Delay(5);
            }

            await Task.Delay(_random.Next(50, 400));
            server.Kill!();
            server.Restart!();
        }

        return Volatile.Read(ref _failures);
    });
}
