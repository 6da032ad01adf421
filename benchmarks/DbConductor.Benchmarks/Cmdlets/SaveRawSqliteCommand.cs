using System.Management.Automation;
using Microsoft.Data.Sqlite;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>The least that a cmdlet can do to bring piped objects into SQLite.</summary>
[Cmdlet(VerbsData.Save, "RawSqlite")]
public sealed class SaveRawSqliteCommand : PSCmdlet
{
    private SqliteConnection _connection = null!;
    private SqliteTransaction _transaction = null!;
    private SqliteCommand _command = null!;
    private SqliteParameter[] _parameters = null!;

    /// <summary>The connection string.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string ConnectionString { get; set; } = "";

    /// <summary>A row.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    protected override void BeginProcessing()
    {
        _connection = new(ConnectionString);
        _connection.Open();
        _transaction = _connection.BeginTransaction();
        (_command, _parameters) = RawSqlite.Prepare(_connection, _transaction);
    }

    protected override void ProcessRecord()
    {
        PSMemberInfoCollection<PSPropertyInfo> row = InputObject.Properties;
        for (int i = 0; i < _parameters.Length; i++)
        {
            _parameters[i].Value = row[BenchRows.Shape[i].Name].Value ?? DBNull.Value;
        }

        _command.ExecuteNonQuery();
    }

    protected override void EndProcessing()
    {
        _command.Dispose();
        _transaction.Commit();
        _connection.Dispose();
    }
}
