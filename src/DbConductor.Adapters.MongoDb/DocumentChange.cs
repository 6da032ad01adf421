using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Changes and removes the documents that a filter finds.</summary>
internal static class DocumentChange
{
    /// <summary>Sets fields, which need not be there yet; a dotted name reaches into a nested document.</summary>
    public static async Task<long> UpdateAsync(MongoScope scope, TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel)
    {
        CollectionSchema schema = await DocumentQuery.RequireAsync(scope, table, cancel).ConfigureAwait(false);
        FieldResolver fields = new(scope, schema);
        BsonDocument condition = await FilterDocument.RenderAsync(filter, schema, fields, cancel).ConfigureAwait(false);
        BsonDocument changes = [];
        foreach ((string name, object? given) in set)
        {
            Column column = await FieldAsync(fields, name, table, cancel).ConfigureAwait(false);
            object? value = ValueConversion.Convert(given, column);
            if (value is null && !column.Nullable)
            {
                throw new DbConductorException(DbErrorKind.Constraint, $"Column '{column.Name}' of '{table}' takes no null. Give it a value.") { Target = table.ToString(), Column = column.Name };
            }

            changes.Set(column.Name, BsonEncoder.ToBson(value, column));
        }

        if (changes.ElementCount == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "There is nothing to set.");
        }

        if (!FindsOneAtMost(filter, schema))
        {
            Standalone.Refuse(scope, table, "An update", "Name one document by all fields of a unique index (-eq), make the server a replica set (one member is enough), or send a native command (Invoke-DbQuery).");
        }

        return await scope.UpdateAsync(table, condition, new("$set", changes), cancel).ConfigureAwait(false);
    }

    public static async Task<long> DeleteAsync(MongoScope scope, TableName table, Filter? filter, CancellationToken cancel)
    {
        CollectionSchema schema = await DocumentQuery.RequireAsync(scope, table, cancel).ConfigureAwait(false);
        BsonDocument condition = await FilterDocument.RenderAsync(filter, schema, new(scope, schema), cancel).ConfigureAwait(false);
        await OpenReads.SetAsideAsync(scope.Adapter.NameOf(table), cancel).ConfigureAwait(false);
        return await scope.DeleteAsync(table, condition, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a filter pins a unique index by equality. A change of one document is all or nothing everywhere
    /// (https://www.mongodb.com/docs/manual/core/write-operations-atomicity/), so that compare-and-set works on a server without transactions.
    /// </summary>
    private static bool FindsOneAtMost(Filter? filter, CollectionSchema schema)
    {
        IEnumerable<Filter> parts = filter is AndFilter and ? and.Parts : filter is null ? [] : [filter];

        // by a collation an equality may find several documents that an index of another collation tells apart
        return schema.Collation is null
            && schema.HasUniqueWithin([.. parts.OfType<CompareFilter>().Where(c => c.Op == CompareOp.Equal && c.Match != TextMatch.IgnoreCase).Select(c => c.Column)]);
    }

    private static async Task<Column> FieldAsync(FieldResolver fields, string name, TableName table, CancellationToken cancel)
    {
        try
        {
            return await fields.FindAsync(name, cancel).ConfigureAwait(false);
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.ColumnNotFound)
        {
            foreach (string step in name.Split('.'))
            {
                FieldNames.Check(step, table);
            }

            return new(name, default);
        }
    }
}
