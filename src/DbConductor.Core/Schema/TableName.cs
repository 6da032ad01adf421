using System.Text;

namespace DbConductor;

/// <summary>A table's or collection's name, with the schema (or database) where one is given.</summary>
/// <param name="Schema">The schema; null means the session's default.</param>
/// <param name="Name">The name as the database spells it, without quotes.</param>
public readonly record struct TableName(string? Schema, string Name)
{
    /// <summary>
    /// Reads <c>table</c>, <c>schema.table</c>, <c>"a.b"</c> or <c>"odd schema"."odd ""table"""</c>: splits at the first dot outside double quotes.
    /// </summary>
    /// <param name="text">The name as an operator writes it.</param>
    /// <param name="schema">A schema given apart; then <paramref name="text"/> is the table's name to the letter, dots and all.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: empty, or an unclosed quote.</exception>
    public static TableName Parse(string text, string? schema = null)
    {
        if (string.IsNullOrEmpty(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "A table name is empty or has a NUL character.");
        }

        if (schema is { Length: > 0 })
        {
            return new(schema, text);
        }

        List<string> parts = [];
        StringBuilder part = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                part.Append('"');
                i++;
            }
            else if (c == '"' && (quoted || part.Length == 0))
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted && parts.Count == 0)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        if (quoted || parts.Contains(""))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"'{text}' is not a table name: write table, schema.table, or \"quoted.name\" (or give -Schema, and the name to the letter).");
        }

        return parts.Count == 1 ? new(null, parts[0]) : new(parts[0], parts[1]);
    }

    /// <summary>The name for messages; <see cref="Parse"/> reads it back.</summary>
    public override string ToString() => Schema is null ? Quote(Name) : $"{Quote(Schema)}.{Quote(Name)}";

    private static string Quote(string part) =>
        part.AsSpan().IndexOfAny('.', '"') >= 0 ? $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : part;
}
