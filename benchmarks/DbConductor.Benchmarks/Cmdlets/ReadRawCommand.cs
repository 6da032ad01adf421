using System.Management.Automation;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>The driver's bare read loop, in the same process as the cmdlet that it is compared with.</summary>
[Cmdlet(VerbsCommunications.Read, "RawTable")]
public sealed class ReadRawCommand : PSCmdlet
{
    /// <summary>Which driver.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Type { get; set; } = "";

    /// <summary>The connection string.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string ConnectionString { get; set; } = "";

    protected override void EndProcessing() =>
        WriteObject(Type == "Sqlite" ? RawSqlite.Read(ConnectionString) : RawPostgreSql.Read(ConnectionString));
}
