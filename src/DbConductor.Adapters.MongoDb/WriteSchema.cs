namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The columns that a write goes to: those that are declared, and for each other column of the input a field by its name, which takes the values as they come. A field
/// that holds object ids in every document of a sample takes their texts for what they are.
/// </summary>
internal sealed class WriteSchema
{
    private const int SampleSize = 100;

    private readonly FieldSample? _sample;
    private readonly IReadOnlyList<Column> _known;

    private WriteSchema(CollectionSchema schema, FieldSample? sample)
    {
        Collection = schema;
        _sample = sample;
        _known = sample is null ? [] : [.. sample.Names.Select(name => new Column(name, default))];
    }

    /// <summary>What the server keeps of the collection.</summary>
    public CollectionSchema Collection { get; }

    public static async Task<WriteSchema> LoadAsync(MongoScope scope, TableName table, CancellationToken cancel) =>
        await MakeAsync(scope, await DocumentQuery.RequireAsync(scope, table, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    public static async Task<WriteSchema> MakeAsync(MongoScope scope, CollectionSchema schema, CancellationToken cancel)
    {
        if (schema.IsView)
        {
            throw new DbConductorException(DbErrorKind.NotSupported, $"'{schema.Table}' is a view, which takes no documents. Write to its collection.") { Target = schema.Table.ToString() };
        }

        return new(schema, schema.IsDeclared ? null : await FieldSample.ReadAsync(scope, schema.Table, SampleSize, cancel).ConfigureAwait(false));
    }

    /// <summary>The columns for an input.</summary>
    public TableSchema For(IReadOnlyList<Column> input)
    {
        List<Column> columns = [.. Collection.Columns];
        foreach (Column column in input)
        {
            if (ColumnNames.IndexOf(columns, column.Name) < 0)
            {
                columns.Add(Free(column));
            }
        }

        // an _id that the rows do not bring is made
        return new(columns) { Key = Collection.Key.All(name => ColumnNames.IndexOf(columns, name) >= 0) ? Collection.Key : [] };
    }

    /// <summary>The field, and the type that it is written with, of a column that is not declared.</summary>
    public Column Free(Column column)
    {
        FieldNames.Check(column.Name, Collection.Table);
        int at = ColumnNames.IndexOf(_known, column.Name);
        string name = at >= 0 ? _known[at].Name : column.Name;
        string[] types = _sample is null ? [] : [.. _sample.TypesOf(name)];
        bool holdsIds = types is [BsonNames.ObjectId] || (types.Length == 0 && (name == CollectionSchema.Id || column.NativeType == BsonNames.ObjectId));
        return new(name, column.Type) { NativeType = holdsIds && column.Type.Kind is (PortableKind.String or PortableKind.Object) ? BsonNames.ObjectId : null };
    }
}
