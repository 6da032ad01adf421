using System.Text;

namespace DbConductor;

/// <summary>Matches text with a wildcard pattern here, where no database does it.</summary>
/// <remarks>Without regard to case, characters are equal as <see cref="StringComparison.OrdinalIgnoreCase"/> finds them, in all of Unicode.</remarks>
public sealed class WildcardMatch
{
    private readonly List<Element> _elements = [];
    private readonly bool _ignoreCase;

    /// <summary>Prepares a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="ignoreCase">Whether case counts for nothing.</param>
    public WildcardMatch(WildcardText pattern, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _ignoreCase = ignoreCase;
        foreach (WildcardPart part in pattern.Parts)
        {
            if (part.Kind == WildcardPartKind.Literal)
            {
                _elements.AddRange(part.Text.EnumerateRunes().Select(r => new Element(part.Kind, [new(Fold(r), Fold(r))])));
            }
            else
            {
                _elements.Add(new(part.Kind, part.Ranges));
            }
        }
    }

    /// <summary>Whether the whole text fits.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        // the last '*' takes one character more each time that what follows it does not fit: it is never of use to go back to one before it
        int at = 0;
        int element = 0;
        int star = -1;
        int taken = 0;
        while (at < text.Length)
        {
            _ = Rune.DecodeFromUtf16(text[at..], out Rune character, out int length);
            if (element < _elements.Count && _elements[element].Kind == WildcardPartKind.Any)
            {
                star = element++;
                taken = at;
            }
            else if (element < _elements.Count && Takes(_elements[element], character))
            {
                element++;
                at += length;
            }
            else if (star >= 0)
            {
                _ = Rune.DecodeFromUtf16(text[taken..], out _, out length);
                taken += length;
                at = taken;
                element = star + 1;
            }
            else
            {
                return false;
            }
        }

        return _elements.Skip(element).All(e => e.Kind == WildcardPartKind.Any);
    }

    private Rune Fold(Rune character) => _ignoreCase ? Rune.ToUpperInvariant(character) : character;

    private bool Takes(Element element, Rune character)
    {
        if (element.Kind != WildcardPartKind.Set)
        {
            return element.Kind == WildcardPartKind.One || element.Ranges[0].First == Fold(character);
        }

        // a set's range is one of numbers, so that each case of the character is looked for in it
        return element.Ranges.Any(r => Holds(r, character) || (_ignoreCase && (Holds(r, Fold(character)) || Holds(r, Rune.ToLowerInvariant(character)))));
    }

    private static bool Holds(WildcardRange range, Rune character) => range.First <= character && character <= range.Last;

    private readonly record struct Element(WildcardPartKind Kind, IReadOnlyList<WildcardRange> Ranges);
}
