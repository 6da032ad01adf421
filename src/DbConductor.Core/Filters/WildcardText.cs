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
