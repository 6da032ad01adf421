using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Makes collections: a validator that declares the columns, and a unique index over the key.</summary>
internal static class CollectionCreation
{
    /// <summary>Creates a collection with its key.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.AlreadyExists"/>, or <see cref="DbErrorKind.InvalidArgument"/>: a name that MongoDB does not take.</exception>
    public static async Task RunAsync(MongoScope scope, TableName table, TableSchema schema, CancellationToken cancel)
    {
        List<BsonDocument> commands = Commands(table, schema);

        // newer servers call it a success to create the same collection twice
        if (await CollectionSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false) is not null)
        {
            throw new DbConductorException(DbErrorKind.AlreadyExists, $"There is a collection '{table}' already in {scope.Adapter.Location}.") { Target = table.ToString() };
        }

        foreach (BsonDocument command in commands)
        {
            await new MongoScope(scope.Adapter, null).RunAsync(table.Schema, command, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The commands in order, also for a plan.</summary>
    public static List<BsonDocument> Commands(TableName table, TableSchema schema)
    {
        CheckName(table);
        BsonDocument properties = [];
        BsonArray required = [];
        foreach (Column column in schema.Columns)
        {
            FieldNames.Check(column.Name, table);
            if (properties.Contains(column.Name))
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"Column '{column.Name}' is given twice. Leave one out.") { Column = column.Name };
            }

            bool nullable = column.Nullable && !schema.Key.Contains(column.Name);
            if (column.Type.Kind != PortableKind.Object)
            {
                properties.Add(column.Name, Rule(column, nullable));
            }
            else if (schema.Key.Contains(column.Name))
            {
                properties.Add(column.Name, new BsonDocument { { "title", "object" }, { "not", new BsonDocument("bsonType", "null") } });
            }

            if (!nullable)
            {
                required.Add(column.Name);
            }
        }

        BsonDocument rules = new() { { "bsonType", "object" }, { "title", CollectionSchema.Mark } };
        if (required.Count > 0)
        {
            rules.Add("required", required);
        }

        rules.Add("properties", properties);
        BsonDocument create = new("create", table.Name);
        if (properties.ElementCount > 0)
        {
            create.Add("validator", new BsonDocument("$jsonSchema", rules));
        }

        return schema.Key.Count == 0 || schema.Key is [CollectionSchema.Id] ? [create] : [create, Index(table, schema.Key)];
    }

    private static BsonDocument Index(TableName table, IReadOnlyList<string> key) => new()
    {
        { "createIndexes", table.Name },
        {
            "indexes", new BsonArray
            {
                new BsonDocument { { "key", new BsonDocument(key.Select(name => new BsonElement(name, 1))) }, { "name", CollectionSchema.KeyIndex }, { "unique", true } },
            }
        },
    };

    private static BsonDocument Rule(Column column, bool nullable)
    {
        BsonDocument rule = [];
        if (column.NativeType == BsonNames.ObjectId || BsonNames.Stored(column.Type.Kind) is not { } stored)
        {
            stored = column.NativeType == BsonNames.ObjectId ? BsonNames.ObjectId : "";
        }

        if (stored.Length > 0)
        {
            rule.Add("bsonType", nullable ? new BsonArray { stored, "null" } : stored);
        }
        else if (!nullable)
        {
            rule.Add("not", new BsonDocument("bsonType", "null"));
        }

        return rule.Add("title", column.Type.ToString());
    }

    private static void CheckName(TableName table)
    {
        // https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
        string name = table.Name;
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal) || name.Contains('$', StringComparison.Ordinal) || name.StartsWith("system.", StringComparison.Ordinal)
            || name.StartsWith('.') || name.EndsWith('.') || System.Text.Encoding.UTF8.GetByteCount($"{table.Schema}.{name}") > 240)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"MongoDB takes no collection named '{name}': a name has no $ and no NUL, does not begin with 'system.', does not begin or end with a dot, and has at most 240 bytes. Choose another one.")
            { Target = table.ToString() };
        }
    }
}
