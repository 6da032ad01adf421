using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace DbConductor.Files;

/// <summary>The rows of a file of JSON lines. A field gives a column from the first row on that has it; each value keeps its own type.</summary>
internal sealed class JsonLinesRows : FileRows
{
    private static readonly object Missing = new();
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = JsonConversion.Reading.MaxDepth };

    private readonly LineReader _lines;
    private readonly IReadOnlyDictionary<string, PortableKind> _kinds;
    private readonly List<JsonField> _fields = [];
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);
    private Column[] _columns = [];
    private object?[] _values = [];
    private bool _waits;
    private DbConductorException? _problem;
    private byte[] _text = [];

    private JsonLinesRows(string path, LineReader lines, FileReadOptions options)
        : base(path) => (_lines, _kinds) = (lines, options.Kinds);

    public override IReadOnlyList<Column> Columns => _columns;

    public override bool MayAppendColumns => true;

    public override double Progress => _lines.Progress;

    public override DbConductorException? RowProblem => _problem;

    public override string? RowText => _problem is null ? null : Encoding.UTF8.GetString(_text);

    internal static JsonLinesRows OpenLines(string path, FileReadOptions options)
    {
        if (options.Delimiter is not null || options.Header is not null || options.Encoding is { CodePage: not 65001 })
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "JSON lines are UTF-8, and have neither a delimiter nor a header. Leave -Delimiter, -Header, -NoHeader and -Encoding out.");
        }

        FileContent content = FileContent.Open(path);
        try
        {
            if (content.TakeByteOrderMark() is { CodePage: not 65001 } other)
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidData, $"The file '{path}' is in {other.WebName}, and JSON lines are UTF-8. Convert it first.") { Target = path };
            }

            JsonLinesRows rows = new(path, new LineReader(content, path), options);

            // the first row's columns are there from the start
            rows._waits = rows.Next();
            rows.Announce();
            return rows;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        if (!_waits)
        {
            _waits = Next();
        }

        if (!_waits || _fields.Count > _columns.Length)
        {
            return false;
        }

        _waits = false;
        RowNumber++;
        if (_problem is not null && _columns.Length == 0)
        {
            throw _problem;
        }

        return true;
    }

    public override Task<bool> ReadAsync(CancellationToken cancellationToken) =>
        Cancelled(cancellationToken, out Task<bool> cancelled) ? cancelled : Task.FromResult(Read());

    public override bool NextResult()
    {
        bool more = _fields.Count > _columns.Length;
        Announce();
        return more;
    }

    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => Task.FromResult(NextResult());

    public override bool IsMissing(int ordinal) => Value(ordinal) == Missing;

    public override bool IsDBNull(int ordinal)
    {
        object? value = Value(ordinal);
        return value is null || value == Missing;
    }

    public override object GetValue(int ordinal)
    {
        object? value = Value(ordinal);
        return value is null || value == Missing ? DBNull.Value : value;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lines.Dispose();
        }

        base.Dispose(disposing);
    }

    private object? Value(int ordinal) => _problem is null ? _values[ordinal] : throw _problem;

    private void Announce()
    {
        if (_fields.Count > _columns.Length)
        {
            _columns = [.. _fields.Select(f => f.Column)];
        }
    }

    /// <summary>Goes to the next line that has anything on it.</summary>
    private bool Next()
    {
        _problem = null;
        ReadOnlySpan<byte> line;
        do
        {
            if (!_lines.TryRead(out line))
            {
                return false;
            }
        }
        while (line.Trim(" \t\r"u8).IsEmpty);

        LineNumber = _lines.Number;
        Array.Fill(_values, Missing);
        try
        {
            if (!Utf8.IsValid(line))
            {
                Refuse(line, "has bytes that are no UTF-8. Write the file anew in UTF-8.");
            }
            else
            {
                Parse(line);
            }
        }
        catch (JsonException e)
        {
            // the reader's own words quote what stands there
            Refuse(line, string.Create(CultureInfo.InvariantCulture, $"is not JSON: see its byte {e.BytePositionInLine + 1}. Each line must be one whole object."));
        }

        return true;
    }

    private void Parse(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = new(line, Reading);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Refuse(line, json.TokenType == JsonTokenType.StartArray
                ? "begins an array. JSON lines have one object per line, without brackets around them and commas between them."
                : "is no JSON object, which each line must be.");
            return;
        }

        int expected = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            // objects mostly have their fields in the same order
            int ordinal = expected < _fields.Count && json.ValueTextEquals(_fields[expected].Utf8) ? expected : OrdinalOf(json.GetString()!);
            expected = ordinal + 1;
            json.Read();
            if (_values[ordinal] != Missing)
            {
                Refuse(line, $"has the field '{_fields[ordinal].Column.Name}' twice. Leave one out.");
                return;
            }

            _values[ordinal] = ValueOf(ref json, line, _fields[ordinal].Kind);
        }

        // what follows the object's end
        json.Read();
    }

    private int OrdinalOf(string name)
    {
        if (_ordinals.TryGetValue(name, out int known))
        {
            return known;
        }

        int ordinal = _fields.Count;
        _ordinals.Add(name, ordinal);
        _fields.Add(new(new Column(name, new(PortableKind.Object)), Encoding.UTF8.GetBytes(name), _kinds.TryGetValue(name, out PortableKind kind) ? kind : PortableKind.Object));
        Array.Resize(ref _values, _fields.Count);
        _values[ordinal] = Missing;
        return ordinal;
    }

    private static object? ValueOf(ref Utf8JsonReader json, ReadOnlySpan<byte> line, PortableKind kind)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String:
                return json.GetString();
            case JsonTokenType.Number:
                return json.TryGetInt64(out long whole) ? whole : JsonNumber.Read(Encoding.UTF8.GetString(json.ValueSpan), kind);
            default:
                int start = (int)json.TokenStartIndex;
                json.Skip();
                return JsonNode.Parse(line[start..(int)json.BytesConsumed], null, JsonConversion.Reading);
        }
    }

    private void Refuse(ReadOnlySpan<byte> line, string what)
    {
        _problem = BadLine(LineNumber, RowNumber + 1, what);
        _text = line.ToArray();
    }

    /// <summary>What is known of a field: its column, its name as it stands in the file, and the kind of value wanted.</summary>
    private sealed record JsonField(Column Column, byte[] Utf8, PortableKind Kind);
}
