using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DbConductor.Spark;

/// <summary>
/// The process of Spark's driver. It ends when its standard input does, so that it ends with this process however that ends; what it writes goes to the log.
/// </summary>
internal sealed class BackendProcess : IAsyncDisposable
{
    private const string Ready = "Backend running debug mode";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly string _temporary;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task _errors;
    private volatile bool _ended;

    private BackendProcess(Process process, int port, BackendLog log, string temporary)
    {
        (_process, Port, Log, _temporary) = (process, port, log, temporary);
        _output = Task.Run(() => ReadAsync(process.StandardOutput));
        _errors = Task.Run(() => ReadAsync(process.StandardError));
    }

    /// <summary>The loopback port on which it takes calls.</summary>
    internal int Port { get; }

    /// <summary>What it wrote.</summary>
    internal BackendLog Log { get; }

    /// <summary>The folder of what it keeps on disk for a while, unless it is told otherwise (<c>spark.local.dir</c>). It goes with it, also where it is killed.</summary>
    internal string TemporaryFolder => _temporary;

    /// <summary>Its process id.</summary>
    internal int Id => _process.Id;

    /// <summary>Whether it runs.</summary>
    internal bool IsAlive => !_ended && !_process.HasExited;

    /// <summary>Starts it and waits until it takes calls.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Connection"/> or <see cref="DbErrorKind.Timeout"/>, with the last lines that it wrote.</exception>
    internal static async Task<BackendProcess> StartAsync(
        SparkInstallation spark, JavaInstallation java, SparkSettings settings, string jar, TimeSpan timeout, Action<string> onStatus, CancellationToken cancel)
    {
        int port = FreePort();
        BackendLog log = new();
        BackendProcess? backend = null;
        string temporary = Directory.CreateTempSubdirectory("dbconductor-spark-driver-").FullName;
        try
        {
            ProcessStartInfo start = new(spark.Submit, Arguments(spark, settings, jar, port, temporary))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = Path.GetTempPath(),
            };
            start.Environment["SPARK_HOME"] = spark.Home;
            start.Environment["DOTNETBACKEND_TIMEOUT"] = ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            foreach (string profile in start.Environment.Keys.Where(name => name.StartsWith("DBCONDUCTOR__", StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                // our profiles, with their passwords, are none of Spark's business
                start.Environment.Remove(profile);
            }

            if (java.Home is not null)
            {
                start.Environment["JAVA_HOME"] = java.Home;
            }

            if (settings.IsLocal)
            {
                // nothing of a local session is to be reached from elsewhere, its web page included
                start.Environment.TryAdd("SPARK_LOCAL_IP", "127.0.0.1");
            }

            backend = new(Process.Start(start)!, port, log, temporary);
            await backend.WaitAsync(settings, timeout, onStatus, cancel).ConfigureAwait(false);
            return backend;
        }
        catch (Win32Exception error)
        {
            log.Dispose();
            WorkFolder.RemoveHere(temporary);
            throw new DbConductorException(DbErrorKind.DriverMissing, $"'{spark.Submit}' cannot be run: {error.Message}. Check -SparkHome.", error) { Target = "Spark" };
        }
        catch
        {
            if (backend is not null)
            {
                await backend.EndAsync(TimeSpan.Zero).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Ends it: lets it close first what it has open, and where that takes too long, kills it.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(s_patience).ConfigureAwait(false);

    /// <summary>Kills it.</summary>
    internal void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // it has ended by itself
        }
    }

    /// <summary>An error that says that it has ended, with the last lines that it wrote.</summary>
    internal DbConductorException Ended(Exception? inner = null) => new(
        DbErrorKind.Connection, $"Spark's driver has ended. Start another one with Start-SparkSession. Its log is {Log.Path}; it ends:{Log.Tail}", inner) { Target = "Spark" };

    /// <summary>An error that says that something took too long, with the last lines that the driver wrote.</summary>
    internal DbConductorException TooLate(string what, TimeSpan timeout) => new(
        DbErrorKind.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"{what} within {timeout.TotalSeconds:N0} seconds. Allow more with -Timeout. The driver's log is {Log.Path}; it ends:{Log.Tail}"))
    { Target = "Spark" };

    /// <summary>
    /// What must be known before the driver runs stands on its command line; all else, secrets above all, is sent to it once it does, since others can read command lines.
    /// </summary>
    private static List<string> Arguments(SparkInstallation spark, SparkSettings settings, string jar, int port, string temporary)
    {
        // a backend that listens on ::1 alone would not be found, and the port on 127.0.0.1 would be anyone's
        string java = $"-Djava.net.preferIPv4Stack=true -Duser.timezone=UTC \"-Djava.io.tmpdir={temporary.Replace('\\', '/')}\"";
        List<string> arguments = ["--master", settings.Master!, "--name", "DbConductor", "--class", "org.apache.spark.deploy.dotnet.DotnetRunner"];
        foreach ((string key, string value) in settings.Options.Where(o => IsForStart(o.Key)))
        {
            if (key == "spark.driver.extraJavaOptions")
            {
                java += " " + value;
            }
            else
            {
                arguments.AddRange(["--conf", $"{key}={value}"]);
            }
        }

        arguments.AddRange(["--driver-java-options", java]);
        if (spark.IsLaterPatch)
        {
            arguments.AddRange(["--conf", "spark.dotnet.ignoreSparkPatchVersionCheck=true"]);
        }

        if (settings.Jars.Count > 0)
        {
            arguments.AddRange(["--jars", string.Join(',', settings.Jars)]);
        }

        if (settings.Packages.Count > 0)
        {
            arguments.AddRange(["--packages", string.Join(',', settings.Packages)]);
        }

        arguments.AddRange([jar, "debug", port.ToString(CultureInfo.InvariantCulture)]);
        return arguments;
    }

    /// <summary>Whether an option is needed before the driver runs.</summary>
    internal static bool IsForStart(string key) => !SecretNames.IsSecret(key)
        && (key.StartsWith("spark.driver.", StringComparison.Ordinal) || key.StartsWith("spark.jars", StringComparison.Ordinal)
            || key.StartsWith("spark.submit.", StringComparison.Ordinal) || key.StartsWith("spark.dotnet.", StringComparison.Ordinal));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync(SparkSettings settings, TimeSpan timeout, Action<string> onStatus, CancellationToken cancel)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Task ended = _process.WaitForExitAsync(CancellationToken.None);
        while (!_ready.Task.IsCompleted)
        {
            onStatus(string.Create(CultureInfo.CurrentCulture, $"the driver is coming up ({watch.Elapsed.TotalSeconds:N0} s)"));
            await Task.WhenAny(_ready.Task, ended, Task.Delay(250, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            if (ended.IsCompleted && !_ready.Task.IsCompleted)
            {
                await Task.WhenAll(_output, _errors).ConfigureAwait(false);
                if (settings.Packages.Count > 0 && Log.Tail.Contains("unresolved dependency", StringComparison.Ordinal))
                {
                    throw new DbConductorException(
                        DbErrorKind.DriverMissing,
                        $"Spark could not fetch all of -Package {string.Join(", ", settings.Packages)}. Check the coordinates, and that a Maven repository is in reach of this machine (-Option spark.jars.repositories or "
                        + $"spark.jars.ivySettings name another one); or give the files themselves with -Jar. The driver's log is {Log.Path}; it ends:{Log.Tail}")
                    { Target = "Spark" };
                }

                throw new DbConductorException(
                    DbErrorKind.Connection,
                    string.Create(CultureInfo.InvariantCulture, $"Spark's driver ended with exit code {_process.ExitCode} before it was ready. Its log is {Log.Path}; it ends:{Log.Tail}"))
                { Target = "Spark" };
            }

            if (watch.Elapsed > timeout)
            {
                throw TooLate("Spark's driver was not ready", timeout);
            }
        }
    }

    private async Task EndAsync(TimeSpan patience)
    {
        if (_ended)
        {
            return;
        }

        try
        {
            _process.StandardInput.Close();
            if (patience > TimeSpan.Zero)
            {
                using CancellationTokenSource limit = new(patience);
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // it has ended already, or does not end
        }

        Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_output, _errors), Task.Delay(1000)).ConfigureAwait(false);
        _ended = true;
        WorkFolder.RemoveHere(_temporary);
        Log.Dispose();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Log.Write(line);
            if (line.Contains(Ready, StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }
        }
    }
}
