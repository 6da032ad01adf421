using System.Text;

namespace DbConductor.Adapters.Sqlite;

/// <summary>Matches text with a wildcard pattern without regard to case in all of Unicode, for which SQLite has no operator.</summary>
/// <remarks>Characters are equal as <see cref="StringComparison.OrdinalIgnoreCase"/> finds them.</remarks>
internal sealed class WildcardMatch
{
    private readonly List<Element> _elements = [];

    /// <summary>Prepares a pattern.</summary>
    internal WildcardMatch(WildcardText pattern)
    {
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
    internal bool IsMatch(ReadOnlySpan<char> text)
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
            else if (element < _elements.Count && _elements[element].Takes(character))
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

    private static Rune Fold(Rune character) => Rune.ToUpperInvariant(character);

    private readonly record struct Element(WildcardPartKind Kind, IReadOnlyList<WildcardRange> Ranges)
    {
        internal bool Takes(Rune character)
        {
            if (Kind != WildcardPartKind.Set)
            {
                return Kind == WildcardPartKind.One || Ranges[0].First == Fold(character);
            }

            // a set's range is one of numbers, so that each case of the character is looked for in it
            Rune upper = Fold(character);
            Rune lower = Rune.ToLowerInvariant(character);
            return Ranges.Any(r => Holds(r, character) || Holds(r, upper) || Holds(r, lower));
        }

        private static bool Holds(WildcardRange range, Rune character) => range.First <= character && character <= range.Last;
    }
}
