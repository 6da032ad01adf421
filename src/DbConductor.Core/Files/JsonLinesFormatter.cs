using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor.Files;

/// <summary>
/// Writes rows as JSON lines. A field that a row lacks is left out, null is null. Numbers are written with all their digits; NaN and the infinities, which JSON
/// lacks, as the texts <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>; what JSON has no form for as the text that the conversions read back.
/// </summary>
internal sealed class JsonLinesFormatter : RowFormatter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000, SkipValidation = true };
    private static readonly JsonSerializerOptions Nested = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    private JsonEncodedText[] _names = [];
    private Utf8JsonWriter? _writer;

    internal override void Begin(RowReader rows, long written, ArrayBufferWriter<byte> output)
    {
        RefuseRepeatedNames(rows.Columns);
        _names = [.. rows.Columns.Select(c => JsonEncodedText.Encode(c.Name, Options.Encoder))];
    }

    internal override void Write(RowReader rows, long row, ArrayBufferWriter<byte> output)
    {
        if (_writer is null)
        {
            _writer = new(output, Options);
        }
        else
        {
            _writer.Reset(output);
        }

        _writer.WriteStartObject();
        bool gaps = rows.HasMissing;
        for (int i = 0; i < _names.Length; i++)
        {
            if (gaps && rows.IsMissing(i))
            {
                continue;
            }

            _writer.WritePropertyName(_names[i]);
            if (rows.IsDBNull(i))
            {
                _writer.WriteNullValue();
            }
            else
            {
                Value(rows, i, row);
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
        output.Write("\n"u8);
    }

    private void Value(RowReader rows, int ordinal, long row)
    {
        switch (rows.Columns[ordinal].Type.Kind)
        {
            case PortableKind.Int16:
                _writer!.WriteNumberValue(rows.GetInt16(ordinal));
                break;
            case PortableKind.Int32:
                _writer!.WriteNumberValue(rows.GetInt32(ordinal));
                break;
            case PortableKind.Int64:
                _writer!.WriteNumberValue(rows.GetInt64(ordinal));
                break;
            case PortableKind.Decimal:
                _writer!.WriteNumberValue(rows.GetDecimal(ordinal));
                break;
            case PortableKind.Boolean:
                _writer!.WriteBooleanValue(rows.GetBoolean(ordinal));
                break;
            case PortableKind.String:
                Text(rows, ordinal, row, rows.GetString(ordinal));
                break;
            default:
                Any(rows, ordinal, row, rows.GetValue(ordinal));
                break;
        }
    }

    private void Any(RowReader rows, int ordinal, long row, object value)
    {
        switch (value)
        {
            case JsonNode node:
                node.WriteTo(_writer!, Nested);
                break;
            case bool flag:
                _writer!.WriteBooleanValue(flag);
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or System.Numerics.BigInteger:
                _writer!.WriteRawValue(CellFormatter.Text(value), skipInputValidation: true);
                break;
            default:
                Text(rows, ordinal, row, CellFormatter.Text(value));
                break;
        }
    }

    private void Text(RowReader rows, int ordinal, long row, string text)
    {
        // the writer would put a replacement character in its place and say nothing
        if (!TextConversion.IsUnicode(text))
        {
            throw Refused(rows, ordinal, row, "the text has half a surrogate pair in it, which is no character");
        }

        _writer!.WriteStringValue(text);
    }
}
