using System.Text;

namespace DbConductor;

/// <summary>
/// A PowerShell wildcard pattern, read once into parts: literal text, <c>?</c>, <c>*</c>, and sets such as <c>[a-c]</c>.
/// A backtick makes the next character plain; <c>%</c> and <c>_</c> always are.
/// </summary>
public sealed class WildcardText
{
    /// <summary>Reads a pattern.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a set that is not closed, or is empty.</exception>
    public WildcardText(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Text = pattern;
        List<WildcardPart> parts = [];
        StringBuilder literal = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            switch (c)
            {
                case '`' when i + 1 < pattern.Length:
                    literal.Append(pattern[++i]);
                    break;
                case '*':
                    Flush();
                    parts.Add(new(WildcardPartKind.Any, ""));
                    break;
                case '?':
                    Flush();
                    parts.Add(new(WildcardPartKind.One, ""));
                    break;
                case '[':
                    Flush();
                    parts.Add(new(WildcardPartKind.Set, ReadSet(pattern, ref i)));
                    break;
                default:
                    literal.Append(c);
                    break;
            }
        }

        Flush();
        Parts = parts;

        void Flush()
        {
            if (literal.Length > 0)
            {
                parts.Add(new(WildcardPartKind.Literal, literal.ToString()));
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

    /// <summary>The pattern as a regular expression that the whole text must match, in the syntax that .NET, PostgreSQL, ICU and PCRE share.</summary>
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
                    foreach (char c in part.Text)
                    {
                        Escaped(text, c);
                    }

                    break;
                default:
                    text.Append('[');
                    for (int i = 0; i + 2 < part.Text.Length; i += 3)
                    {
                        Escaped(text, part.Text[i]);
                        if (part.Text[i] != part.Text[i + 2])
                        {
                            Escaped(text.Append('-'), part.Text[i + 2]);
                        }
                    }

                    text.Append(']');
                    break;
            }
        }

        return text.Append(end).ToString();
    }

    private static void Escaped(StringBuilder text, char c)
    {
        if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
        {
            text.Append('\\');
        }

        text.Append(c);
    }

    // A set's content is kept with its ranges as "a-c" and every other character alone; a literal '-' comes as the range "---".
    private static string ReadSet(string pattern, ref int i)
    {
        StringBuilder set = new();
        List<char> chars = [];
        List<bool> plain = [];
        int at = i + 1;
        for (; at < pattern.Length && (pattern[at] != ']' || chars.Count == 0); at++)
        {
            bool escaped = pattern[at] == '`' && at + 1 < pattern.Length;
            if (escaped)
            {
                at++;
            }

            chars.Add(pattern[at]);
            plain.Add(escaped);
        }

        if (at >= pattern.Length)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"The pattern '{pattern}' has a '[' that is not closed. To match the character itself write '`['.");
        }

        for (int k = 0; k < chars.Count; k++)
        {
            char from = chars[k];
            char to = from;
            if (k + 2 < chars.Count && chars[k + 1] == '-' && !plain[k + 1])
            {
                to = chars[k + 2];
                k += 2;
            }

            set.Append(from).Append('-').Append(to);
        }

        i = at;
        return set.ToString();
    }
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
/// <param name="Text">The literal text; for a set its ranges, each as three characters: first, <c>-</c>, last.</param>
public readonly record struct WildcardPart(WildcardPartKind Kind, string Text);
