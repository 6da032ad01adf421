using DbConductor.Tests.Servers;

namespace DbConductor.Tests.Contract;

/// <summary>A server, or a file, that a test may do anything to.</summary>
/// <param name="Profile">How an adapter reaches it.</param>
/// <param name="Owned">What goes with it.</param>
/// <param name="Kill">Ends the server at once; null where there is none.</param>
/// <param name="Restart">Starts it again.</param>
internal sealed record FaultServer(AdapterProfile Profile, IDisposable Owned, Action? Kill = null, Action? Restart = null) : IDisposable
{
    public void Dispose() => Owned.Dispose();

    /// <summary>Where a server's binaries are; skips where there are none, which on CI is a failure unless they are no package.</summary>
    public static string Require(string? binaries, string product, bool isPackage = true) => Needed.Find(binaries, $"{product}'s binaries are not installed", isPackage);
}
