using System.Runtime.Loader;

namespace DbConductor.Spark;

/// <summary>
/// The process's one Spark session, and the way to the assembly that starts it, which is loaded on first use: <c>spark/DbConductor.Spark.dll</c> in a load context of
/// its own, or the one beside the core, which shares its context (tests, programs).
/// </summary>
public sealed class SparkHost
{
    private const string AssemblyName = "DbConductor.Spark";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string? _file;
    private readonly string? _leftOut;
    private ISparkLauncher? _launcher;

    private SparkHost(string directory)
    {
        _file = new[] { Path.Combine(directory, "spark", AssemblyName + ".dll"), Path.Combine(directory, AssemblyName + ".dll") }.FirstOrDefault(File.Exists);
        string leftOut = Path.Combine(directory, "spark-left-out.txt");
        _leftOut = File.Exists(leftOut) ? File.ReadLines(leftOut).FirstOrDefault(line => line.Length > 0) : null;
    }

    /// <summary>The one of this process.</summary>
    public static SparkHost Process { get; } = new(Path.GetDirectoryName(typeof(SparkHost).Assembly.Location)!);

    /// <summary>Why this build has no Spark; null where it has.</summary>
    public string? Missing => _leftOut ?? (_file is null ? "Spark left out: this build has no DbConductor.Spark.dll" : null);

    /// <summary>The session that was started last and not stopped since, whether or not its driver still runs.</summary>
    public ISparkSession? Current { get; private set; }

    /// <summary>Why a join on Spark cannot be tried, as a clause; null where a session runs or can be started, be it again.</summary>
    public string? Refusal() => Current is not null ? null
        : Missing is not null ? "this build has no Spark"
        : Launcher().FindHome() is null ? "no Spark was found"
        : null;

    /// <summary>Gives the session that runs, or starts one.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="onStatus">Called now and then with what is going on, on any thread.</param>
    /// <param name="cancel">Cancels the start.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidOperation"/>: the one that runs was started by other settings; and as by <see cref="ISparkLauncher.StartAsync"/>.</exception>
    public async Task<ISparkSession> StartAsync(SparkSettings settings, Action<string> onStatus, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Current is { IsAlive: true } running)
            {
                return settings.Differs(running.Settings) is { } differs
                    ? throw new DbConductorException(
                        DbErrorKind.InvalidOperation, $"A Spark session runs in this process already, and {differs}. A process has one session: end it first with Stop-SparkSession.")
                    : running;
            }

            await EndAsync().ConfigureAwait(false);
            return Current = await Launcher().StartAsync(settings, onStatus, cancel).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends the session and its process; nothing where there is none.</summary>
    public async Task StopAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task EndAsync()
    {
        if (Current is { } session)
        {
            Current = null;
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ISparkLauncher Launcher()
    {
        if (_launcher is not null)
        {
            return _launcher;
        }

        if (Missing is { } why)
        {
            throw new DbConductorException(DbErrorKind.DriverMissing, $"{why}. Join-DbBatch joins without Spark.") { Target = "Spark" };
        }

        AssemblyLoadContext core = AssemblyLoadContext.GetLoadContext(typeof(SparkHost).Assembly)!;
        bool besideCore = Path.GetDirectoryName(_file) == Path.GetDirectoryName(typeof(SparkHost).Assembly.Location);
        AssemblyLoadContext context = besideCore ? core : new AdapterLoadContext(_file!, core);
        Type launcher = context.LoadFromAssemblyPath(_file!).GetExportedTypes()
            .Single(t => typeof(ISparkLauncher).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false });
        return _launcher = (ISparkLauncher)Activator.CreateInstance(launcher)!;
    }
}
