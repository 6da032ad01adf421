using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DbConductor;

/// <summary>
/// Changes one value in the text of a JSON object and leaves every other byte as it is: comments, order and layout of a file are its owner's.
/// </summary>
internal static class JsonText
{
    /// <summary>How files are read: comments and trailing commas are allowed, as Microsoft.Extensions.Configuration allows them.</summary>
    public static JsonReaderOptions Lenient { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sets the value at a path of property names (case does not matter); objects on the way are made where they are missing.</summary>
    public static byte[] Set(byte[] json, IReadOnlyList<string> path, object value)
    {
        Place place = Find(json, path);
        string indent = new(' ', 2 * (place.Depth + 1));
        string written = Nest(path, place.Depth + 1, value, indent);
        if (place.Found)
        {
            return Splice(json, place.ValueStart, place.ValueEnd, written);
        }

        string property = $"{Environment.NewLine}{indent}{JsonSerializer.Serialize(path[place.Depth], Readable)}: {written}";
        return place.LastEnd >= 0
            ? Splice(json, place.LastEnd, place.LastEnd, "," + property)
            : Splice(json, place.Open, place.Open, property + Environment.NewLine + indent[2..]);
    }

    /// <summary>Whether there is a property at the path.</summary>
    public static bool Has(byte[] json, IReadOnlyList<string> path) => Find(json, path) is { Found: true } place && place.Depth == path.Count - 1;

    /// <summary>Takes the property at a path away; where there is none, the text comes back as it was.</summary>
    public static byte[] Remove(byte[] json, IReadOnlyList<string> path)
    {
        if (!Has(json, path))
        {
            return json;
        }

        Place place = Find(json, path);
        int start = place.PropertyStart;
        while (start > 0 && IsBlank(json[start - 1]))
        {
            start--;
        }

        int comma = Comma(json, place.ValueEnd);
        if (comma >= 0)
        {
            return Splice(json, start, comma + 1, "");
        }

        byte[] without = Splice(json, start, place.ValueEnd, "");
        return place.LastEnd >= 0 && Comma(json, place.LastEnd) is >= 0 and int before ? Splice(without, before, before + 1, "") : without;
    }

    /// <summary>
    /// The innermost object of the path that exists, and in it the property of the path where it is found: at the path's end, or with null where the
    /// path goes on (what else could stand there is refused when a file is read).
    /// </summary>
    private static Place Find(byte[] json, IReadOnlyList<string> path)
    {
        Utf8JsonReader reader = new(json, Lenient);
        reader.Read();
        Place place = new() { Open = (int)reader.BytesConsumed, LastEnd = -1 };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool meant = string.Equals(reader.GetString(), path[place.Depth], StringComparison.OrdinalIgnoreCase);
            int property = (int)reader.TokenStartIndex;
            reader.Read();
            int value = (int)reader.TokenStartIndex;
            if (meant && place.Depth < path.Count - 1 && reader.TokenType == JsonTokenType.StartObject)
            {
                place = new() { Depth = place.Depth + 1, Open = (int)reader.BytesConsumed, LastEnd = -1 };
                continue;
            }

            reader.Skip();
            if (meant)
            {
                return place with { Found = true, PropertyStart = property, ValueStart = value, ValueEnd = (int)reader.BytesConsumed };
            }

            place = place with { LastEnd = (int)reader.BytesConsumed };
        }

        return place;
    }

    /// <summary>The value, inside the objects of the path that are missing.</summary>
    private static string Nest(IReadOnlyList<string> path, int from, object value, string indent)
    {
        if (from >= path.Count)
        {
            return JsonSerializer.Serialize(value, Readable);
        }

        string inner = indent + "  ";
        return $"{{{Environment.NewLine}{inner}{JsonSerializer.Serialize(path[from], Readable)}: {Nest(path, from + 1, value, inner)}{Environment.NewLine}{indent}}}";
    }

    /// <summary>Where the comma is that follows, past blanks and comments; -1 where none does.</summary>
    private static int Comma(byte[] json, int at)
    {
        while (at < json.Length)
        {
            if (json[at] == '/')
            {
                bool line = json[at + 1] == '/';
                int end = json.AsSpan(at + 2).IndexOf(line ? "\n"u8 : "*/"u8);
                at = end < 0 ? json.Length : at + 2 + end + (line ? 1 : 2);
            }
            else if (IsBlank(json[at]))
            {
                at++;
            }
            else
            {
                return json[at] == ',' ? at : -1;
            }
        }

        return -1;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static byte[] Splice(byte[] json, int start, int end, string text) => [.. json[..start], .. Encoding.UTF8.GetBytes(text), .. json[end..]];

    private readonly record struct Place(int Depth, int Open, int LastEnd, bool Found, int PropertyStart, int ValueStart, int ValueEnd);
}
