using System.Management.Automation;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Benchmarks.Cmdlets;

/// <summary>The least that a cmdlet can do to bring piped objects into MongoDB.</summary>
[Cmdlet(VerbsData.Save, "RawMongoDb")]
public sealed class SaveRawMongoDbCommand : PSCmdlet
{
    private readonly List<BsonDocument> _batch = new(RawMongoDb.Batch);
    private IMongoCollection<BsonDocument> _bench = null!;

    /// <summary>The connection string.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string ConnectionString { get; set; } = "";

    /// <summary>A row.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    protected override void BeginProcessing() => _bench = RawMongoDb.Open(ConnectionString);

    protected override void ProcessRecord()
    {
        PSMemberInfoCollection<PSPropertyInfo> row = InputObject.Properties;
        _batch.Add(new()
        {
            { "id", (long)row["id"].Value },
            { "quantity", (int)row["quantity"].Value },
            { "price", new BsonDecimal128((decimal)row["price"].Value) },
            { "weight", (double)row["weight"].Value },
            { "city", (string)row["city"].Value },
            { "comment", row["comment"].Value is string comment ? comment : BsonNull.Value },
            { "created", DateTime.SpecifyKind((DateTime)row["created"].Value, DateTimeKind.Utc) },
            { "due", ((DateOnly)row["due"].Value).ToDateTime(default, DateTimeKind.Utc) },
            { "paid", (bool)row["paid"].Value },
            { "status", (string)row["status"].Value },
        });
        if (_batch.Count == RawMongoDb.Batch)
        {
            RawMongoDb.Insert(_bench, _batch);
        }
    }

    protected override void EndProcessing() => RawMongoDb.Insert(_bench, _batch);
}
