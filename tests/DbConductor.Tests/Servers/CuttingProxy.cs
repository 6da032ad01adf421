using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DbConductor.Tests.Servers;

/// <summary>
/// A TCP relay in front of a server. Once armed with a word, it cuts the connection on which a client sends that word: before the server gets it,
/// or after the server has answered it, but before the client hears of that.
/// </summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private volatile Cut? _cut;

    /// <summary>Relays from a free port to one of 127.0.0.1.</summary>
    /// <param name="target">The server's port.</param>
    /// <param name="address">The address that it listens on; null means 127.0.0.1.</param>
    public CuttingProxy(int target, IPAddress? address = null)
    {
        _target = target;
        _listener = new(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether a connection was cut since <see cref="Arm"/>.</summary>
    public bool HasCut => _cut is null;

    /// <summary>Cuts the next connection that sends the word.</summary>
    public void Arm(string word, bool delivered) => _cut = new(Encoding.ASCII.GetBytes(word), delivered);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using TcpClient server = new();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                client.NoDelay = server.NoDelay = true;
                Connection connection = new(client.GetStream(), server.GetStream());
                await Task.WhenAny(UpAsync(connection), DownAsync(connection));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // one side has gone: both go
            }

            // a reset, as when a machine dies; not the orderly end that a driver could read as a farewell
            client.LingerState = new(true, 0);
        }
    }

    private async Task UpAsync(Connection connection)
    {
        byte[] buffer = new byte[1 << 16];
        int count;
        while ((count = await connection.Client.ReadAsync(buffer, _end.Token)) > 0)
        {
            if (_cut is { } cut && buffer.AsSpan(0, count).IndexOf(cut.Word) >= 0)
            {
                _cut = null;
                if (cut.Delivered)
                {
                    connection.IsMute = true;
                    await connection.Server.WriteAsync(buffer.AsMemory(0, count), _end.Token);
                    await connection.Answered.Task.WaitAsync(TimeSpan.FromSeconds(10), _end.Token);
                }

                return;
            }

            await connection.Server.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private async Task DownAsync(Connection connection)
    {
        byte[] buffer = new byte[1 << 16];
        int count;
        while ((count = await connection.Server.ReadAsync(buffer, _end.Token)) > 0)
        {
            if (connection.IsMute)
            {
                connection.Answered.TrySetResult();
                await Task.Delay(Timeout.Infinite, _end.Token);
            }

            await connection.Client.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private sealed record Cut(byte[] Word, bool Delivered);

    private sealed class Connection(NetworkStream client, NetworkStream server)
    {
        public NetworkStream Client { get; } = client;

        public NetworkStream Server { get; } = server;

        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile bool IsMute;
    }
}
