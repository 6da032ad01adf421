using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The columns of a row stream of documents, and which field or path each of them shows.</summary>
internal sealed class DocumentShape
{
    private readonly List<Column> _columns = [];
    private readonly List<int> _fields = [];
    private readonly List<DocumentPath?> _paths = [];
    private Column[] _current = [];

    private DocumentShape(bool grows)
    {
        Grows = grows;
        Layout = new(learns: grows);
    }

    public DocumentLayout Layout { get; }

    /// <summary>Whether fields that are met become columns.</summary>
    public bool Grows { get; }

    /// <summary>The number of fields that have a column.</summary>
    public int Fields { get; private set; }

    /// <summary>Whether a column shows something nested.</summary>
    public bool HasPaths { get; private set; }

    public IReadOnlyList<Column> Columns => _current;

    /// <summary>Every field: those that are declared, then any other as it is met.</summary>
    public static DocumentShape All(IReadOnlyList<Column> declared)
    {
        DocumentShape shape = new(grows: true);
        foreach (Column column in declared)
        {
            shape.Add(column, column.Name);
        }

        shape.Finish();
        return shape;
    }

    /// <summary>Chosen fields and no others.</summary>
    /// <param name="picks">Each field or path, with the column that shows it.</param>
    public static DocumentShape Of(IEnumerable<(string Source, Column Column)> picks)
    {
        DocumentShape shape = new(grows: false);
        foreach ((string source, Column column) in picks)
        {
            shape.Add(column, source);
        }

        shape.Finish();
        return shape;
    }

    public int FieldOf(int ordinal) => _fields[ordinal];

    public DocumentPath? PathOf(int ordinal) => HasPaths ? _paths[ordinal] : null;

    /// <summary>Gives each new field a column.</summary>
    public void Grow()
    {
        for (int i = Fields; i < Layout.Names.Count; i++)
        {
            Add(new(Layout.Names[i], default), Layout.Names[i], isPath: false);
        }

        Finish();
    }

    private void Add(Column column, string source, bool isPath = true)
    {
        string[] steps = isPath ? source.Split('.') : [source];
        _columns.Add(column);
        int root = Layout.Add(steps[0]);
        _fields.Add(root);
        _paths.Add(steps.Length > 1 ? new(root, steps[1..]) : null);
        HasPaths |= steps.Length > 1;
    }

    private void Finish()
    {
        Fields = Layout.Names.Count;
        _current = [.. _columns];
    }
}

/// <summary>The way to something nested in a document.</summary>
/// <param name="Root">The number of the field in which it begins.</param>
/// <param name="Steps">The names that follow; in an array a number is a place, and any other name looks into each of its documents.</param>
internal sealed record DocumentPath(int Root, string[] Steps)
{
    /// <summary>What is there; null where there is nothing.</summary>
    public BsonValue? Find(DocumentLayout layout) =>
        layout.TypeOf(Root) is BsonType.Document or BsonType.Array ? Find(BsonJson.Decode(layout.TypeOf(Root), layout.ValueOf(Root)), Steps) : null;

    private static BsonValue? Find(BsonValue value, ReadOnlySpan<string> steps)
    {
        if (steps.Length == 0)
        {
            return value;
        }

        switch (value)
        {
            case BsonDocument document:
                return document.TryGetValue(steps[0], out BsonValue? next) ? Find(next, steps[1..]) : null;
            case BsonArray array when int.TryParse(steps[0], System.Globalization.NumberStyles.None, null, out int place):
                return place < array.Count ? Find(array[place], steps[1..]) : null;
            case BsonArray array:
                BsonArray found = [];
                foreach (BsonValue item in array)
                {
                    if (item is BsonDocument && Find(item, steps) is { } inside)
                    {
                        found.Add(inside);
                    }
                }

                return found.Count > 0 ? found : null;
            default:
                return null;
        }
    }
}
