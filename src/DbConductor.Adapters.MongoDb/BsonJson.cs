using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Nested documents and arrays as JSON and back. What JSON has no type for stands in it as MongoDB's Extended JSON writes it
/// (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/), <c>{"$oid": "..."}</c>, and is read back from there.
/// </summary>
internal static class BsonJson
{
    private const int MaxDepth = 1000;

    private static readonly JsonWriterSettings Extended = new() { OutputMode = JsonOutputMode.RelaxedExtendedJson };

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    /// <summary>The one field of an object that stands for a value without a type in JSON.</summary>
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "$oid", "$date", "$numberDecimal", "$numberLong", "$numberInt", "$numberDouble", "$binary", "$uuid", "$regularExpression", "$timestamp", "$minKey", "$maxKey", "$symbol",
        "$code", "$undefined",
    };

    /// <summary>Writes a node as a field.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: a number or name that BSON does not hold.</exception>
    public static void Write(BsonOutput output, ReadOnlySpan<byte> name, JsonNode node, string column, long? row)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text, Writing))
        {
            node.WriteTo(writer);
        }

        using JsonDocument document = JsonDocument.Parse(text.WrittenMemory, Reading);
        Write(output, name, document.RootElement, column, row);
    }

    private static void Write(BsonOutput output, ReadOnlySpan<byte> name, JsonElement element, string column, long? row)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when Unwrap(element) is { } value:
                BsonEncoder.Write(output, name, value, column, row);
                break;
            case JsonValueKind.Object:
                output.Field(BsonType.Document, name);
                int start = output.Begin();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    Write(output, BsonOutput.Name(Checked(property.Name, column, row)), property.Value, column, row);
                }

                output.End(start);
                break;
            case JsonValueKind.Array:
                output.Field(BsonType.Array, name);
                int first = output.Begin();
                int index = 0;
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(output, BsonOutput.Name(index++.ToString(CultureInfo.InvariantCulture)), item, column, row);
                }

                output.End(first);
                break;
            case JsonValueKind.Number:
                BsonEncoder.Write(output, name, Number(element.GetRawText(), column, row), column, row);
                break;
            case JsonValueKind.String:
                BsonEncoder.Write(output, name, element.GetString(), column, row);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                BsonEncoder.Write(output, name, element.GetBoolean(), column, row);
                break;
            default:
                BsonEncoder.Write(output, name, (object?)null, column, row);
                break;
        }
    }

    private static string Checked(string name, string column, long? row) => !name.Contains('\0', StringComparison.Ordinal) ? name : throw new ConversionProblem(
        DbErrorKind.InvalidData, "a nested field's name has a NUL character, which MongoDB's names cannot", "Rename the field.").ToException(column, row);

    private static BsonValue? Unwrap(JsonElement element)
    {
        using JsonElement.ObjectEnumerator properties = element.EnumerateObject();
        if (!properties.MoveNext() || !Wrappers.Contains(properties.Current.Name) || properties.MoveNext())
        {
            return null;
        }

        try
        {
            BsonValue value = BsonDocument.Parse($$"""{"v":{{element.GetRawText()}}}""")[0];
            return value.IsBsonDocument ? null : value;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or BsonException)
        {
            // only its name is that of a wrapper: it is an object like any other
            return null;
        }
    }

    /// <summary>A whole number is an int or a long; another one a double where that keeps every digit, else a Decimal128.</summary>
    private static object Number(string text, string column, long? row)
    {
        if (text != "-0" && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole is >= int.MinValue and <= int.MaxValue ? (int)whole : whole;
        }

        if (IsDouble(text, out double binary))
        {
            return binary;
        }

        return text.Count(char.IsAsciiDigit) <= 34 && Decimal128.TryParse(text, out Decimal128 exact) ? new BsonDecimal128(exact) : throw new ConversionProblem(
            DbErrorKind.InvalidData, "a nested number has more digits than MongoDB's Decimal128 keeps, which is 34", "Store it as text.").ToException(column, row);
    }

    /// <summary>Whether a number's text is what a double is written as, or has so few digits that any double keeps them.</summary>
    private static bool IsDouble(string text, out double value)
    {
        value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            return false;
        }

        // whole numbers beyond 64 bits have a point or an exponent where a double was meant
        return text.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? text == "-0"
            : Text(value) == text || value.ToString("R", CultureInfo.InvariantCulture).Equals(text, StringComparison.OrdinalIgnoreCase)
            || (text.Count(char.IsAsciiDigit) <= 15 && Math.Abs(value) is 0 or (> 1e-300 and < 1e300));
    }

    private static string Text(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 && text != "-0" ? text + ".0" : text;
    }

    /// <summary>A value as JSON; null for BSON's null.</summary>
    public static JsonNode? Read(BsonValue value)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text, Writing))
        {
            Read(value, writer);
        }

        return JsonNode.Parse(text.WrittenSpan, null, Reading);
    }

    private static void Read(BsonValue value, Utf8JsonWriter writer)
    {
        switch (value)
        {
            case BsonDocument document:
                writer.WriteStartObject();
                foreach (BsonElement element in document)
                {
                    writer.WritePropertyName(element.Name);
                    Read(element.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case BsonArray array:
                writer.WriteStartArray();
                foreach (BsonValue item in array)
                {
                    Read(item, writer);
                }

                writer.WriteEndArray();
                break;
            case BsonNull or BsonUndefined:
                writer.WriteNullValue();
                break;
            case BsonBoolean flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case BsonString text:
                writer.WriteStringValue(text.Value);
                break;
            case BsonInt32 or BsonInt64:
                writer.WriteNumberValue(value.ToInt64());
                break;
            case BsonDouble { Value: var number } when double.IsFinite(number):
                writer.WriteRawValue(Text(number));
                break;
            case BsonDecimal128 number when IsPlain(number.Value.ToString()!):
                writer.WriteRawValue(number.Value.ToString()!);
                break;
            default:
                string json = new BsonDocument("v", value).ToJson(Extended);
                using (JsonDocument wrapped = JsonDocument.Parse(json))
                {
                    wrapped.RootElement.GetProperty("v").WriteTo(writer);
                }

                break;
        }
    }

    /// <summary>Whether a decimal's text is a JSON number that is read back as a decimal and as nothing else.</summary>
    private static bool IsPlain(string text) => char.IsAsciiDigit(text[^1]) && (text[0] == '-' ? text[1..] : text) is [>= '0' and <= '9', ..] && text.Count(char.IsAsciiDigit) <= 34
        && (text.AsSpan().IndexOfAny('.', 'E') >= 0 ? !IsDouble(text, out _) : !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && text != "-0");

    /// <summary>A nested document or array, or another value, from its bytes in a document.</summary>
    public static BsonValue Decode(BsonType type, ReadOnlySpan<byte> value)
    {
        byte[] one = new byte[value.Length + 7];
        BitConverter.TryWriteBytes(one, one.Length);
        one[4] = (byte)type;
        value.CopyTo(one.AsSpan(6));
        return BsonSerializer.Deserialize<BsonDocument>(one)[0];
    }
}
