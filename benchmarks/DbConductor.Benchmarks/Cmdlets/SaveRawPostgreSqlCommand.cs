using System.Management.Automation;
using Npgsql;
using NpgsqlTypes;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>The least that a cmdlet can do to bring piped objects into PostgreSQL's bulk path.</summary>
[Cmdlet(VerbsData.Save, "RawPostgreSql")]
public sealed class SaveRawPostgreSqlCommand : PSCmdlet
{
    private NpgsqlConnection _connection = null!;
    private NpgsqlBinaryImporter _importer = null!;

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
        _importer = _connection.BeginBinaryImport(RawPostgreSql.Copy);
    }

    protected override void ProcessRecord()
    {
        PSMemberInfoCollection<PSPropertyInfo> row = InputObject.Properties;
        _importer.StartRow();
        _importer.Write((long)row["id"].Value, NpgsqlDbType.Bigint);
        _importer.Write((int)row["quantity"].Value, NpgsqlDbType.Integer);
        _importer.Write((decimal)row["price"].Value, NpgsqlDbType.Numeric);
        _importer.Write((double)row["weight"].Value, NpgsqlDbType.Double);
        _importer.Write((string)row["city"].Value, NpgsqlDbType.Text);
        if (row["comment"].Value is string comment)
        {
            _importer.Write(comment, NpgsqlDbType.Text);
        }
        else
        {
            _importer.WriteNull();
        }

        _importer.Write((DateTime)row["created"].Value, NpgsqlDbType.Timestamp);
        _importer.Write((DateOnly)row["due"].Value, NpgsqlDbType.Date);
        _importer.Write((bool)row["paid"].Value, NpgsqlDbType.Boolean);
        _importer.Write((string)row["status"].Value, NpgsqlDbType.Text);
    }

    protected override void EndProcessing()
    {
        _importer.Complete();
        _importer.Dispose();
        _connection.Dispose();
    }
}
