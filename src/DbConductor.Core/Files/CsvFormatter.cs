using System.Buffers;
using System.Globalization;
using System.Text;

namespace DbConductor.Files;

/// <summary>
/// Writes rows as CSV or TSV: a header, then one line per row, ended by a line feed. Null is a text without quotes (none at all unless told otherwise), so that
/// it can be told from an empty text, which is <c>""</c>.
/// </summary>
internal sealed class CsvFormatter : RowFormatter
{
    private static readonly UTF8Encoding Strict = new(false, true);
    private readonly byte[] _delimiter;
    private readonly byte[] _null;
    private readonly string _nullText;
    private readonly SearchValues<char> _special;
    private CellFormatter[] _cells = [];

    internal CsvFormatter(char delimiter, string nullText)
    {
        _special = SearchValues.Create([delimiter, '"', '\r', '\n']);
        if (nullText.AsSpan().IndexOfAny(_special) >= 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-NullText has the delimiter, a quote or a line break in it, and would not be read back. Take another text.");
        }

        _delimiter = Encoding.UTF8.GetBytes([delimiter]);
        _nullText = nullText;
        _null = Encoding.UTF8.GetBytes(nullText);
    }

    internal override void Begin(RowReader rows, long written, ArrayBufferWriter<byte> output)
    {
        IReadOnlyList<Column> columns = rows.Columns;
        if (_cells.Length > 0)
        {
            string late = columns[_cells.Length].Name;
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                string.Create(CultureInfo.InvariantCulture, $"Column '{late}' first came with row {written + 1}, when the file already had its header. ") +
                "Name the columns with -Property, or export as .jsonl, where each row has its own fields.")
            { Column = late, Row = written + 1 };
        }

        if (columns.Count == 0)
        {
            return;
        }

        RefuseRepeatedNames(columns);
        _cells = [.. columns.Select(c => CellFormatter.For(c.Type.Kind))];
        for (int i = 0; i < columns.Count; i++)
        {
            output.Write(i == 0 ? default : _delimiter);
            Text(columns[i].Name, output);
        }

        output.Write("\n"u8);
    }

    internal override void Write(RowReader rows, long row, ArrayBufferWriter<byte> output)
    {
        for (int i = 0; i < _cells.Length; i++)
        {
            if (i > 0)
            {
                output.Write(_delimiter);
            }

            if (rows.IsDBNull(i))
            {
                output.Write(_null);
            }
            else if (_cells[i].Write(rows, i, output) is { } text)
            {
                try
                {
                    Text(text, output);
                }
                catch (EncoderFallbackException)
                {
                    throw Refused(rows, i, row, "the text has half a surrogate pair in it, which is no character");
                }
            }
        }

        output.Write("\n"u8);
    }

    private void Text(string text, ArrayBufferWriter<byte> output)
    {
        // psql takes \. alone on a line for the end of the data
        bool quoted = text.Length == 0 || text == _nullText || text == "\\." || text.AsSpan().IndexOfAny(_special) >= 0;
        if (!quoted)
        {
            Append(text, output);
            return;
        }

        output.Write("\""u8);
        Append(text.Contains('"', StringComparison.Ordinal) ? text.Replace("\"", "\"\"", StringComparison.Ordinal) : text, output);
        output.Write("\""u8);
    }

    private static void Append(string text, ArrayBufferWriter<byte> output) =>
        output.Advance(Strict.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
}
