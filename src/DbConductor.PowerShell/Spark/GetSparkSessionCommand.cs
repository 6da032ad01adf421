using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Shows the process's Spark session; nothing where none was started.</summary>
[Cmdlet(VerbsCommon.Get, "SparkSession")]
[OutputType(typeof(DbSparkSession))]
public sealed class GetSparkSessionCommand : DbCmdlet
{
    private protected override void End()
    {
        if (SparkHost.Process.Current is { } session)
        {
            WriteObject(new DbSparkSession(session));
        }
    }
}
