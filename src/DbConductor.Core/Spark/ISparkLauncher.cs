namespace DbConductor.Spark;

/// <summary>Starts Spark sessions. The assembly <c>DbConductor.Spark.dll</c> has exactly one public implementation with a parameterless constructor.</summary>
public interface ISparkLauncher
{
    /// <summary>Starts a driver and waits until it is ready.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="onStatus">Called now and then with what is going on, on any thread.</param>
    /// <param name="cancel">Cancels; no process is left behind.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.DriverMissing"/>: no Spark, no Java, or one of another version; <see cref="DbErrorKind.Connection"/>: the driver did not come up, with
    /// the last lines that it wrote.
    /// </exception>
    Task<ISparkSession> StartAsync(SparkSettings settings, Action<string> onStatus, CancellationToken cancel);

    /// <summary>The Spark that would be started; null where there is none.</summary>
    string? FindHome();
}
