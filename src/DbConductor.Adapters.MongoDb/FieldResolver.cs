using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Finds the fields that a query names. What is declared is known; any other name is looked for among the documents, so that a typing error is told as on a database
/// with a schema, and so that a value can be given the type that the field has.
/// </summary>
internal sealed class FieldResolver(MongoScope scope, CollectionSchema schema)
{
    /// <summary>How many documents are looked at for a name that differs by case.</summary>
    private const int SampleSize = 100;

    private readonly Dictionary<string, Column> _found = new(StringComparer.Ordinal);

    /// <summary>The column of a name; that of a field which is not declared has type object and, where documents agree, their type as its native one.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.ColumnNotFound"/>: no document has such a field.</exception>
    public async Task<Column> FindAsync(string name, CancellationToken cancel)
    {
        if (_found.TryGetValue(name, out Column? known))
        {
            return known;
        }

        int index = ColumnNames.IndexOf(schema.Columns, name);
        return _found[name] = index >= 0 ? schema.Columns[index] : await LookAsync(name, cancel).ConfigureAwait(false);
    }

    /// <summary>The columns that a query asks for by name, each with what it comes out as.</summary>
    public async Task<List<(Column Source, Column Column)>> PicksAsync(BatchQuery query, CancellationToken cancel)
    {
        List<(Column Source, Column Column)> picks = [];
        foreach (ColumnPick pick in query.Columns)
        {
            Column found = await FindAsync(pick.Source, cancel).ConfigureAwait(false);
            picks.Add((found, found with { Name = pick.Name }));
        }

        return picks;
    }

    private async Task<Column> LookAsync(string name, CancellationToken cancel)
    {
        if (name.Length == 0 || name.StartsWith('$') || name.Contains('\0', StringComparison.Ordinal) || name.Split('.').Contains(""))
        {
            throw FieldNames.Missing(name, schema.Table, schema.Columns.Select(c => c.Name));
        }

        // 'Address.City': what comes before the dot may be declared, and be spelled otherwise
        string[] path = name.Split('.', 2);
        int root = path.Length > 1 ? ColumnNames.IndexOf(schema.Columns, path[0]) : -1;
        string spelled = root >= 0 ? $"{schema.Columns[root].Name}.{path[1]}" : name;
        if (await TypeAsync(spelled, cancel).ConfigureAwait(false) is { } type)
        {
            return new(spelled, default) { NativeType = type };
        }

        FieldSample sample = await FieldSample.ReadAsync(scope, schema.Table, SampleSize, cancel).ConfigureAwait(false);
        List<string> fields = [.. schema.Columns.Select(c => c.Name).Union(sample.Names.Where(f => schema.ShowsId || f != CollectionSchema.Id))];
        int similar = ColumnNames.IndexOf([.. fields.Select(f => new Column(f, default))], path[0]);
        if (similar >= 0 && fields[similar] != path[0])
        {
            spelled = path.Length > 1 ? $"{fields[similar]}.{path[1]}" : fields[similar];
            if (await TypeAsync(spelled, cancel).ConfigureAwait(false) is { } other)
            {
                return new(spelled, default) { NativeType = other };
            }
        }

        // where there is no document, no name is wrong
        return sample.Count == 0 && !schema.IsDeclared ? new(name, default) : throw FieldNames.Missing(name, schema.Table, fields);
    }

    /// <summary>The type of the first value found; "null" where there is nothing but null; null where no document has the field.</summary>
    private async Task<string?> TypeAsync(string path, CancellationToken cancel)
    {
        foreach (BsonDocument filter in new BsonDocument[] { new(path, new BsonDocument("$ne", BsonNull.Value)), new(path, new BsonDocument("$exists", true)) })
        {
            FindOptions<BsonDocument> options = new() { Limit = 1, Projection = new BsonDocument { { path, 1 } } };
            using IAsyncCursor<BsonDocument> cursor = await scope.FindAsync(schema.Table, filter, options, cancel).ConfigureAwait(false);
            if (await cursor.MoveNextAsync(cancel).ConfigureAwait(false) && cursor.Current.FirstOrDefault() is { } document)
            {
                BsonValue? value = document;
                foreach (string step in path.Split('.'))
                {
                    value = value is BsonDocument nested ? nested.GetValue(step, null) : null;
                }

                return value is null ? "any" : BsonNames.Of(value.BsonType);
            }
        }

        return null;
    }
}
