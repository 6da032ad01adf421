using System.Data;
using System.Management.Automation;
using MySqlConnector;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>The least that a cmdlet can do to bring piped objects into MySQL's bulk path, which takes a table as a whole.</summary>
[Cmdlet(VerbsData.Save, "RawMySql")]
public sealed class SaveRawMySqlCommand : PSCmdlet
{
    private readonly DataTable _table = new();

    /// <summary>The connection string.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string ConnectionString { get; set; } = "";

    /// <summary>A row.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    protected override void BeginProcessing()
    {
        foreach (Column column in BenchRows.Shape)
        {
            _table.Columns.Add(column.Name, column.Type.ClrType);
        }
    }

    protected override void ProcessRecord()
    {
        PSMemberInfoCollection<PSPropertyInfo> row = InputObject.Properties;
        _table.Rows.Add([.. BenchRows.Shape.Select(column => row[column.Name].Value ?? DBNull.Value)]);
    }

    protected override void EndProcessing()
    {
        using MySqlConnection connection = new(ConnectionString);
        connection.Open();
        MySqlBulkCopy copy = new(connection) { DestinationTableName = "bench", BulkCopyTimeout = 0 };
        copy.WriteToServer(_table);
        _table.Dispose();
    }
}
