using System.Text;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// Writes a set of a wildcard pattern as one of GLOB, which quotes nothing: <c>]</c> is plain only in the first place, <c>^</c> only elsewhere,
/// and <c>-</c> after a range or at an end (patternCompare in https://www.sqlite.org/src/file/src/func.c).
/// </summary>
internal static class GlobSet
{
    /// <summary>Appends the set.</summary>
    /// <param name="glob">The pattern so far.</param>
    /// <param name="ranges">The set's characters.</param>
    internal static void Append(StringBuilder glob, IReadOnlyList<WildcardRange> ranges)
    {
        List<(int First, int Last)> plain = [];
        HashSet<char> special = [];
        foreach ((Rune first, Rune last) in ranges)
        {
            AddWithout(plain, special, first.Value, last.Value);
        }

        if (plain.Count == 0 && special.SetEquals(['^']))
        {
            glob.Append('^');
            return;
        }

        glob.Append('[').Append(special.Contains(']') ? "]" : "");
        foreach ((int first, int last) in plain)
        {
            Write(glob, first);
            if (last > first)
            {
                glob.Append('-');
                Write(glob, last);
            }
        }

        // a set of '-' and '^' alone has nothing else to stand first
        glob.Append(plain.Count == 0 && !special.Contains(']') ? "-" : "").Append(special.Contains('^') ? "^" : "")
            .Append(special.Contains('-') && (plain.Count > 0 || special.Contains(']')) ? "-" : "").Append(']');
    }

    // takes the three characters that mean something out of a range
    private static void AddWithout(List<(int First, int Last)> plain, HashSet<char> special, int first, int last)
    {
        foreach (char c in "-]^")
        {
            if (first <= c && c <= last)
            {
                special.Add(c);
                if (first < c)
                {
                    plain.Add((first, c - 1));
                }

                first = c + 1;
            }
        }

        if (first <= last)
        {
            plain.Add((first, last));
        }
    }

    private static void Write(StringBuilder glob, int character) => glob.Append(new Rune(character).ToString());
}
