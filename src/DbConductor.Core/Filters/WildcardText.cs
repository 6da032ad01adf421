using System.Text;

namespace DbConductor;

/// <summary>
/// A PowerShell wildcard pattern, read once into parts: literal text, <c>?</c>, <c>*</c>, and sets such as <c>[a-c]</c>.
/// A backtick makes the next character plain; <c>%</c> and <c>_</c> always are.
/// </summary>
/// <remarks>
/// It matches the whole text. One character is one Unicode scalar value, as databases count, where PowerShell itself counts two for those beyond U+FFFF.
/// </remarks>
public sealed class WildcardText
{
    /// <summary>Reads a pattern.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidArgument"/>: a set that is not closed or runs backwards, which PowerShell refuses too, or half a surrogate pair.
    /// </exception>
    public WildcardText(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Text = pattern;
        List<WildcardPart> parts = [];
        StringBuilder literal = new();
        Span<char> units = stackalloc char[2];
        Queue<Rune> rest = new(ReadRunes(pattern));
        while (rest.TryDequeue(out Rune c))
        {
            switch (c.Value)
            {
                case '`' when rest.TryDequeue(out Rune plain):
                    literal.Append(units[..plain.EncodeToUtf16(units)]);
                    break;
                case '`' when pattern.Length == 1:
                    // PowerShell takes this one pattern for the empty text
                    break;
                case '*':
                    Flush();
                    parts.Add(new(WildcardPartKind.Any));
                    break;
                case '?':
                    Flush();
                    parts.Add(new(WildcardPartKind.One));
                    break;
                case '[':
                    Flush();
                    parts.Add(new(WildcardPartKind.Set) { Ranges = ReadSet(rest) });
                    break;
                default:
                    literal.Append(units[..c.EncodeToUtf16(units)]);
                    break;
            }
        }

        Flush();
        Parts = parts;

        void Flush()
        {
            if (literal.Length > 0)
            {
                parts.Add(new(WildcardPartKind.Literal) { Text = literal.ToString() });
                literal.Clear();
            }
        }
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>The parts in order.</summary>
    public IReadOnlyList<WildcardPart> Parts { get; }

    /// <summary>Whether any part is a set, which SQL's LIKE cannot express.</summary>
    public bool HasSet => Parts.Any(p => p.Kind == WildcardPartKind.Set);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The pattern for SQL's LIKE with <c>ESCAPE '|'</c>, an escape that no setting of any database gives another meaning.</summary>
    /// <exception cref="InvalidOperationException">It <see cref="HasSet"/>.</exception>
    public string ToLike() => string.Concat(Parts.Select(part => part.Kind switch
    {
        WildcardPartKind.Any => "%",
        WildcardPartKind.One => "_",
        WildcardPartKind.Literal => part.Text.Replace("|", "||", StringComparison.Ordinal).Replace("%", "|%", StringComparison.Ordinal)
            .Replace("_", "|_", StringComparison.Ordinal),
        _ => throw new InvalidOperationException("LIKE has no sets."),
    }));

    /// <summary>The pattern as a regular expression that the whole text must match, in the syntax that PostgreSQL, ICU and PCRE share.</summary>
    /// <param name="start">What stands for the text's beginning, with options.</param>
    /// <param name="end">What stands for its end.</param>
    public string ToRegex(string start, string end)
    {
        StringBuilder text = new(start);
        foreach (WildcardPart part in Parts)
        {
            switch (part.Kind)
            {
                case WildcardPartKind.Any:
                    text.Append(".*");
                    break;
                case WildcardPartKind.One:
                    text.Append('.');
                    break;
                case WildcardPartKind.Literal:
                    foreach (Rune c in part.Text.EnumerateRunes())
                    {
                        Escaped(text, c);
                    }

                    break;
                default:
                    text.Append('[');
                    foreach ((Rune first, Rune last) in part.Ranges)
                    {
                        Escaped(text, first);
                        if (first != last)
                        {
                            Escaped(text.Append('-'), last);
                        }
                    }

                    text.Append(']');
                    break;
            }
        }

        return text.Append(end).ToString();
    }

    private static void Escaped(StringBuilder text, Rune c)
    {
        if (c.IsAscii && (Rune.IsPunctuation(c) || Rune.IsSymbol(c)))
        {
            text.Append('\\');
        }

        text.Append(c.ToString());
    }

    private List<Rune> ReadRunes(string pattern)
    {
        List<Rune> runes = [];
        for (int i = 0; i < pattern.Length; i += runes[^1].Utf16SequenceLength)
        {
            runes.Add(Rune.TryGetRuneAt(pattern, i, out Rune rune) ? rune : throw Invalid("has half a surrogate pair in it. Repair its text"));
        }

        return runes;
    }

    private List<WildcardRange> ReadSet(Queue<Rune> rest)
    {
        List<(Rune Value, bool Plain)> content = [];
        while (true)
        {
            if (!rest.TryDequeue(out Rune next))
            {
                throw Invalid("has a '[' that is not closed. To match the character itself write '`['");
            }

            if (next.Value == ']' && content.Count > 0)
            {
                break;
            }

            bool escapes = next.Value == '`' && rest.Count > 0;
            content.Add((escapes ? rest.Dequeue() : next, escapes));
        }

        List<WildcardRange> ranges = [];
        for (int i = 0; i < content.Count; i++)
        {
            Rune first = content[i].Value;
            if (i + 2 < content.Count && content[i + 1] is { Value.Value: '-', Plain: false })
            {
                i += 2;
            }

            Rune last = content[i].Value;
            ranges.Add(first <= last ? new(first, last) : throw Invalid($"has a set that runs backwards. Write [{last}-{first}]"));
        }

        return ranges;
    }

    private DbConductorException Invalid(string why) => new(DbErrorKind.InvalidArgument, $"The pattern '{Text}' {why}.");
}

/// <summary>What a part of a <see cref="WildcardText"/> matches.</summary>
public enum WildcardPartKind
{
    /// <summary>The text itself.</summary>
    Literal,
    /// <summary>Exactly one character.</summary>
    One,
    /// <summary>Any number of characters, also none.</summary>
    Any,
    /// <summary>One character of a set.</summary>
    Set,
}

/// <summary>A part of a <see cref="WildcardText"/>.</summary>
/// <param name="Kind">What it matches.</param>
public sealed record WildcardPart(WildcardPartKind Kind)
{
    /// <summary>A literal's text.</summary>
    public string Text { get; init; } = "";

    /// <summary>A set's characters, at least one.</summary>
    public IReadOnlyList<WildcardRange> Ranges { get; init; } = [];
}

/// <summary>Characters of a set, by their numbers in Unicode.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, which belongs to it too.</param>
public readonly record struct WildcardRange(Rune First, Rune Last);
