using System.Globalization;
using System.Text;
using Sylvan.Data.Csv;

namespace DbConductor.Files;

/// <summary>The rows of a CSV or TSV file, whose columns are all text.</summary>
internal sealed class CsvRows : FileRows
{
    private const int LongestRecord = 32 << 20;

    private readonly FileContent _content;
    private readonly CsvDataReader _csv;
    private readonly Encoding _encoding;
    private readonly char _delimiter;
    private readonly Column[] _columns;
    private readonly IReadOnlySet<string>?[] _nulls;
    private readonly string[] _last;
    private bool _standsOnFirst;
    private long _nextLine = 1;
    private DbConductorException? _problem;

    private CsvRows(string path, FileContent content, char delimiter, FileReadOptions options)
        : base(path)
    {
        _content = content;
        _delimiter = delimiter;
        Encoding given = content.TakeByteOrderMark() ?? options.Encoding ?? Encoding.UTF8;
        _encoding = Encoding.GetEncoding(given.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        StreamReader text = new(content, _encoding, detectEncodingFromByteOrderMarks: false, 64 * 1024);
        try
        {
            _csv = CsvDataReader.Create(text, new CsvDataReaderOptions
            {
                // the names are looked at here: the library takes any
                HasHeaders = false,
                Delimiter = delimiter,
                // a line that begins with # is a row like any other; this is no character
                Comment = '\uffff',
                BufferSize = 256 * 1024,
                MaxBufferSize = LongestRecord,
            });
        }
        catch (Exception e) when (e is CsvFormatException or DecoderFallbackException)
        {
            throw Malformed(e);
        }

        bool any = ReadRecord();
        if (!any && options.Header is null)
        {
            throw new DbConductorException(DbErrorKind.InvalidData, $"The file '{path}' is empty, and lacks even a header. If it is meant to be empty, leave it out.") { Target = path };
        }

        string[] names = options.Header?.ToArray() ?? Names();
        RequireNames(names, options.Header is not null);
        _standsOnFirst = any && options.Header is not null;
        _columns = [.. names.Select(name => new Column(name, new(PortableKind.String)))];
        _nulls = [.. names.Select(name => NullTexts.For(options.NullTexts, name))];
        _last = [.. names.Select(_ => "")];
    }

    public override IReadOnlyList<Column> Columns => _columns;

    public override double Progress => _content.Progress;

    public override DbConductorException? RowProblem => _problem;

    public override string? RowText => _problem is null ? null : _csv.GetRawRecordSpan().TrimEnd("\r\n").ToString();

    public override bool HasMissing => false;

    internal static CsvRows Open(string path, FileFormat format, FileReadOptions options)
    {
        char delimiter = FileDelimiter.For(format, options.Delimiter);
        FileContent content = FileContent.Open(path);
        try
        {
            return new(path, content, delimiter, options);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        do
        {
            if (!_standsOnFirst && !ReadRecord())
            {
                return false;
            }

            _standsOnFirst = false;
        }
        while (_columns.Length > 1 && _csv.RowFieldCount == 1 && _csv.GetRawRecordSpan().TrimEnd("\r\n").IsEmpty);

        RowNumber++;
        _problem = _csv.RowFieldCount == _columns.Length ? null : BadLine(LineNumber, RowNumber, string.Create(
            CultureInfo.InvariantCulture,
            $"has {_csv.RowFieldCount} {(_csv.RowFieldCount == 1 ? "value" : "values")}, where {_columns.Length} {(_columns.Length == 1 ? "is" : "are")} expected. Repair the line; a value with the delimiter in it needs quotes."));
        return true;
    }

    public override Task<bool> ReadAsync(CancellationToken cancellationToken) =>
        Cancelled(cancellationToken, out Task<bool> cancelled) ? cancelled : Read() ? True : False;

    private static readonly Task<bool> True = Task.FromResult(true);
    private static readonly Task<bool> False = Task.FromResult(false);

    public override bool IsDBNull(int ordinal)
    {
        ThrowIfBad();
        return _nulls[ordinal] is { } nulls && nulls.Contains(GetString(ordinal)) && !IsQuoted(ordinal);
    }

    public override object GetValue(int ordinal) => IsDBNull(ordinal) ? DBNull.Value : GetString(ordinal);

    public override string GetString(int ordinal)
    {
        ThrowIfBad();
        ReadOnlySpan<char> field = _csv.GetFieldSpan(ordinal);

        // values often repeat from row to row
        return field.SequenceEqual(_last[ordinal]) ? _last[ordinal] : _last[ordinal] = field.ToString();
    }

    public override ReadOnlySpan<char> GetText(int ordinal)
    {
        ThrowIfBad();
        return _csv.GetFieldSpan(ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _csv.Dispose();
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfBad()
    {
        if (_problem is not null)
        {
            throw _problem;
        }
    }

    private bool ReadRecord()
    {
        long last = LineNumber;
        LineNumber = _nextLine;
        try
        {
            if (!_csv.Read())
            {
                // the last row is stood on still, and may turn out to be wrong yet
                LineNumber = last;
                return false;
            }
        }
        catch (Exception e) when (e is CsvFormatException or DecoderFallbackException)
        {
            throw Malformed(e);
        }

        ReadOnlySpan<char> raw = _csv.GetRawRecordSpan();
        int lines = raw.Count('\n');
        _nextLine += lines == 0 ? 1 : lines;
        return true;
    }

    private string[] Names()
    {
        string[] names = new string[_csv.RowFieldCount];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = _csv.GetFieldSpan(i).ToString();
        }

        return names;
    }

    private void RequireNames(string[] names, bool given)
    {
        string header = given ? "-Header" : $"The header of '{Path}'";
        string remedy = given ? "" : " Repair it, or give the names with -Header and take the line away.";
        int empty = Array.IndexOf(names, "");
        if (empty >= 0)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidData, string.Create(CultureInfo.InvariantCulture, $"{header} has no name for column {empty + 1} of {names.Length}.{remedy}")) { Target = Path };
        }

        if (names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidData, $"{header} has the name '{twice.Key}' twice{(twice.Distinct().Count() > 1 ? ", but for its case" : "")}.{remedy}") { Target = Path, Column = twice.Key };
        }
    }

    // the library does not tell; the record's text does
    private bool IsQuoted(int ordinal)
    {
        ReadOnlySpan<char> raw = _csv.GetRawRecordSpan();
        int at = 0;
        for (int field = 0; ; field++)
        {
            bool quoted = at < raw.Length && raw[at] == '"';
            if (field == ordinal)
            {
                return quoted;
            }

            if (quoted)
            {
                // a doubled quote ends one quoted stretch and begins another
                do
                {
                    at += 1 + raw[(at + 1)..].IndexOf('"') + 1;
                }
                while (at < raw.Length && raw[at] == '"');
            }

            at += raw[at..].IndexOf(_delimiter) + 1;
        }
    }

    private DbConductorException Malformed(Exception error) => error switch
    {
        DecoderFallbackException => BadLine(LineOfBadBytes(), null, $"has bytes that are no text in the encoding {_encoding.WebName}. Say which one it is with -Encoding, such as latin1 or windows-1252."),
        CsvRecordTooLargeException => BadLine(_nextLine, RowNumber + 1, string.Create(
            CultureInfo.InvariantCulture, $"begins a row of more than {LongestRecord:N0} characters. If a quote is missing there, add it.")),
        // the library's own words quote characters of the row
        _ when error.Message.Contains("without a closing", StringComparison.Ordinal) =>
            BadLine(_nextLine, RowNumber + 1, "begins a row with a quote that is not closed before the file ends. Close it, or double it if it is part of the value."),
        _ => BadLine(_nextLine, RowNumber + 1, "begins a row in which something stands between a closing quote and the next delimiter. A quote within quotes is written twice."),
    };

    private long LineOfBadBytes()
    {
        const char Bad = '\uffff'; // no character
        using FileContent content = FileContent.Open(Path);
        content.TakeByteOrderMark();
        using StreamReader text = new(
            content, Encoding.GetEncoding(_encoding.CodePage, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(Bad.ToString())), detectEncodingFromByteOrderMarks: false);
        long line = 1;
        for (int c = text.Read(); c >= 0 && c != Bad; c = text.Read())
        {
            line += c == '\n' ? 1 : 0;
        }

        return line;
    }
}
