using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Ends the process's Spark session and its driver; nothing where there is none.</summary>
[Cmdlet(VerbsLifecycle.Stop, "SparkSession")]
[OutputType(typeof(void))]
public sealed class StopSparkSessionCommand : DbCmdlet
{
    private protected override void End() => AwaitToTheEnd(_ => SparkHost.Process.StopAsync());
}
