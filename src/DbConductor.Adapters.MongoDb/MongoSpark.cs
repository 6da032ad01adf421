using System.Globalization;
using DbConductor.Spark;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// How Spark reads a collection by MongoDB's connector: the filter and the columns as an aggregation pipeline, and a schema of our own, since one that is made of a sample
/// loses fields. Only declared columns are read so, whose types the server itself holds to.
/// </summary>
internal static class MongoSpark
{
    private const string Single = "com.mongodb.spark.sql.connector.read.partitioner.SinglePartitionPartitioner";
    private const string Paginate = "com.mongodb.spark.sql.connector.read.partitioner.PaginateIntoPartitionsPartitioner";

    private static readonly SparkConnector s_connector = new(
        "MongoDB's connector", "mongodb", "com.mongodb.spark.sql.connector.MongoTableProvider", "org.mongodb.spark:mongo-spark-connector_2.12:10.5.0",
        "mongo-spark-connector_2.12-10.5.0.jar with bson, bson-record-codec, mongodb-driver-core and mongodb-driver-sync 5.1.4");

    private static readonly JsonWriterSettings s_json = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    public static async Task<SparkRead> DescribeAsync(MongoScope scope, AdapterProfile profile, BatchQuery query, SparkPartitioning? partitioning, CancellationToken cancel)
    {
        CollectionSchema schema = await DocumentQuery.RequireAsync(scope, query.Table, cancel).ConfigureAwait(false);
        FieldResolver fields = new(scope, schema);
        BsonDocument filter = await FilterDocument.RenderAsync(query.Where, schema, fields, cancel).ConfigureAwait(false);
        List<(Column Source, Column Column)> picks = query.Columns.Count == 0 ? [.. schema.Columns.Select(c => (c, c))] : await fields.PicksAsync(query, cancel).ConfigureAwait(false);
        if (await RefusalAsync(scope, schema, query, filter, picks, cancel).ConfigureAwait(false) is { } refusal)
        {
            return SparkRead.No(refusal);
        }

        (string? address, string? notTold) = Address(profile);
        if (address is null)
        {
            return SparkRead.No(notTold!);
        }

        BsonDocument projection = new(CollectionSchema.Id, 0);
        List<string> types = [];
        List<SparkReadColumn> columns = [];
        foreach ((Column source, Column column) in picks)
        {
            string name = FormattableString.Invariant($"c{columns.Count}");
            (string type, string expression, bool isTime) = FormOf(column.Type.Kind)!.Value;
            projection.Add(name, isTime ? new BsonDocument("$toLong", $"${source.Name}") : $"${source.Name}");
            types.Add($"{name} {type}");

            // what Spark asks of such an expression it does not hand on to the server, which orders and compares in another way
            columns.Add(new(column, IsText: false) { Expression = expression.Replace("{0}", $"coalesce({name}, {name})", StringComparison.Ordinal) });
        }

        Dictionary<string, string> options = new()
        {
            ["database"] = query.Table.Schema ?? scope.Adapter.DatabaseName,
            ["collection"] = query.Table.Name,
            ["mode"] = "FAILFAST",
            ["partitioner"] = Single,
        };
        if (partitioning is { IsAsked: true })
        {
            _ = partitioning.AllowSkew ? 0 : throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"Collection '{query.Table}' would be read in partitions by several cursors, and MongoDB shows them no common state of it: a document that another one changes or moves meanwhile could be missing or there twice. "
                + "Leave PartitionColumn and Partitions away, so that one cursor reads it; or say AllowSkew where nobody writes to it.")
            { Target = query.Table.ToString() };

            // a range finds values of one type alone, and no null: the server must keep any others out
            string? field = partitioning.Column ?? schema.Key.FirstOrDefault();
            if (field is null || !schema.Columns.Any(c => c.Name == field && !c.Nullable && SparkPartitioning.IsCountable(c.Type.Kind)))
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument,
                    $"Collection '{query.Table}' cannot be read in partitions by {(field is null ? "its key, which it has none of" : $"'{field}'")}. Name a column as PartitionColumn that is declared as whole numbers, dates or times and takes no null, "
                    + "best one with an index; or leave PartitionColumn and Partitions away.")
                { Target = query.Table.ToString(), Column = field };
            }

            // the connector asks for the ranges behind the pipeline
            projection[field] = 1;
            (options["partitioner"], options["partitioner.options.partition.field"], options["partitioner.options.max.number.of.partitions"]) =
                (Paginate, field, (partitioning.Partitions ?? SparkPartitioning.Usual).ToString(CultureInfo.InvariantCulture));
        }

        BsonArray pipeline = filter.ElementCount == 0 ? [] : [new BsonDocument("$match", filter)];
        pipeline.Add(new BsonDocument("$project", projection));
        options["aggregation.pipeline"] = pipeline.ToJson(s_json);
        return new()
        {
            // the address has the password in it, in a form of its own
            Connection = new(s_connector) { Options = new Dictionary<string, string> { ["connection.uri"] = address }, Profile = profile with { ConnectionString = new Secret(address) } },
            Options = options,
            Schema = string.Join(", ", types),
            Warning = partitioning is { IsAsked: true }
                ? $"Spark read collection '{query.Table}' in partitions, each as it was at its own moment (AllowSkew): a document that was changed or moved meanwhile can be missing or there twice." : null,
            Columns = columns,
        };
    }

    /// <summary>Why the connector does not give the rows as they are, as a clause.</summary>
    private static async Task<string?> RefusalAsync(
        MongoScope scope, CollectionSchema schema, BatchQuery query, BsonDocument filter, List<(Column Source, Column Column)> picks, CancellationToken cancel)
    {
        if (query is not { Skip: 0, First: null, OrderBy.Count: 0 })
        {
            return "it is more than a filtered collection";
        }

        if (!schema.IsDeclared)
        {
            return "no columns are declared for it, and a field may have a value of any type";
        }

        if (picks.FirstOrDefault(p => !schema.Columns.Contains(p.Source)).Source is { } free)
        {
            return $"its field '{free.Name}' is not declared, and may have a value of any type";
        }

        if (picks.FirstOrDefault(p => FormOf(p.Source.Type.Kind) is null).Source is { } column)
        {
            return $"its column '{column.Name}' ({column.Type}) has values that come unchanged through its session alone";
        }

        return picks.Count == 0 || (query.Columns.Count == 0 && await HasOthersAsync(scope, schema, filter, cancel).ConfigureAwait(false))
            ? "its documents have fields that are not declared" : null;
    }

    /// <summary>Whether any document has a field that is not declared: the server looks at them, and gives none.</summary>
    private static async Task<bool> HasOthersAsync(MongoScope scope, CollectionSchema schema, BsonDocument filter, CancellationToken cancel)
    {
        BsonDocument names = new("$map", new BsonDocument { { "input", new BsonDocument("$objectToArray", "$$ROOT") }, { "as", "field" }, { "in", "$$field.k" } });
        BsonDocument others = new("$setDifference", new BsonArray { names, new BsonArray(schema.Columns.Select(c => c.Name).Append(CollectionSchema.Id)) });
        BsonDocument command = new()
        {
            { "aggregate", schema.Table.Name },
            {
                "pipeline", new BsonArray
                {
                    new BsonDocument("$match", filter),
                    new BsonDocument("$match", new BsonDocument("$expr", new BsonDocument("$gt", new BsonArray { new BsonDocument("$size", others), 0 }))),
                    new BsonDocument("$limit", 1),
                    new BsonDocument("$project", new BsonDocument(CollectionSchema.Id, 1)),
                }
            },
            { "cursor", new BsonDocument() },
        };
        return (await scope.RunAsync(schema.Table.Schema, command, cancel).ConfigureAwait(false))["cursor"]["firstBatch"].AsBsonArray.Count > 0;
    }

    /// <summary>
    /// The type as which Spark takes a value, the expression that makes the column of it, and whether it is a date: a Java date of before 1582 is another day in Spark.
    /// Null for what has no one form there, or a wider one: decimals, whose zeros and digits would change, floats, nested documents, times as texts.
    /// </summary>
    private static (string Type, string Expression, bool IsTime)? FormOf(PortableKind kind) => kind switch
    {
        PortableKind.Boolean => ("BOOLEAN", "{0}", false),
        PortableKind.Int16 => ("INT", "CAST({0} AS SMALLINT)", false),
        PortableKind.Int32 => ("INT", "{0}", false),
        PortableKind.Int64 => ("BIGINT", "{0}", false),
        PortableKind.Double => ("DOUBLE", "{0}", false),
        PortableKind.String => ("STRING", "{0}", false),
        PortableKind.Binary => ("BINARY", "{0}", false),
        PortableKind.Guid => ("BINARY", "regexp_replace(lower(hex({0})), '(.{8})(.{4})(.{4})(.{4})(.{12})', '$1-$2-$3-$4-$5')", false),
        PortableKind.Date => ("BIGINT", "CAST(timestamp_millis({0}) AS DATE)", true),
        PortableKind.DateTime => ("BIGINT", "CAST(timestamp_millis({0}) AS TIMESTAMP_NTZ)", true),
        PortableKind.DateTimeOffset => ("BIGINT", "timestamp_millis({0})", true),
        _ => null,
    };

    /// <summary>A connection string for the Java driver.</summary>
    private static (string? Address, string? Refusal) Address(AdapterProfile profile)
    {
        MongoUrl url = MongoDbSettings.Url(profile);
        if (url.AuthenticationMechanism is not (null or "SCRAM-SHA-1" or "SCRAM-SHA-256" or "DEFAULT") || url.AllowInsecureTls || url.ProxyHost is not null)
        {
            return (null, "its session authenticates or connects in a way that Spark is not told");
        }

        MongoUrlBuilder told = new()
        {
            Scheme = url.Scheme,
            Servers = url.Servers,
            Username = url.Username,
            Password = url.Password,
            AuthenticationMechanism = url.AuthenticationMechanism,
            AuthenticationSource = url.AuthenticationSource,
            ReplicaSetName = url.ReplicaSetName,
            DirectConnection = url.DirectConnection,
            UseTls = url.UseTls,
            ReadPreference = url.ReadPreference,
            ServerSelectionTimeout = profile.Timeout ?? MongoDbSettings.UsualTimeout,
            ApplicationName = "DbConductor Spark",
        };
        return (told.ToString(), null);
    }
}
