namespace DbConductor.Spark;

/// <summary>Starts Spark sessions through Microsoft.Spark.</summary>
public sealed class SparkLauncher : ISparkLauncher
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public string? FindHome() => SparkInstallation.FindHome(null);

    /// <inheritdoc/>
    public async Task<ISparkSession> StartAsync(SparkSettings settings, Action<string> onStatus, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(onStatus);
        SparkInstallation spark = SparkInstallation.Find(settings.SparkHome);
        settings = settings with { Master = settings.Master ?? "local[*]", SparkHome = spark.Home };
        if (settings.WorkPath is null && !settings.IsLocal)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"With the master {settings.Master}, rows lie where every executor sees them: give a folder on a shared mount, or an address such as hdfs://host/folder, as -WorkPath.");
        }

        foreach (string jar in settings.Jars.Where(jar => !SparkSettings.IsAddress(jar) && !File.Exists(jar)))
        {
            throw new DbConductorException(DbErrorKind.NotFound, $"There is no jar '{jar}'.") { Target = jar };
        }

        _ = SparkDefaults.For(settings);
        JavaInstallation java = await JavaInstallation.FindAsync(cancel).ConfigureAwait(false);
        TimeSpan timeout = settings.Timeout ?? s_timeout;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        BackendProcess backend = await BackendProcess.StartAsync(spark, java, settings, Jar(), timeout, onStatus, cancel).ConfigureAwait(false);
        try
        {
            // secrets among the options are not to be read in the log
            backend.Log.Hide(new() { Name = "", Type = "", Options = settings.Options });
            return await LiveSession.OpenAsync(backend, spark, java, settings, onStatus, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
            throw backend.TooLate($"The master {settings.Master} gave no session{(settings.IsLocal ? "" : " with an executor that works")}", timeout);
        }
        catch
        {
            await backend.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The half of Microsoft.Spark that runs in the driver.</summary>
    private static string Jar() => Directory.EnumerateFiles(Path.GetDirectoryName(typeof(SparkLauncher).Assembly.Location)!, "microsoft-spark-3-5_2.12-*.jar").FirstOrDefault()
        ?? throw new DbConductorException(DbErrorKind.DriverMissing, "microsoft-spark-3-5_2.12-2.3.1.jar does not lie beside DbConductor.Spark.dll. Install the module anew.") { Target = "Spark" };
}
