namespace DbConductor;

/// <summary>Names that look like one that was mistyped.</summary>
public static class NearNames
{
    /// <summary>The names nearest to <paramref name="name"/>, best first: at most three, none that is wholly different.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(name);
        return [.. names
            .Select(candidate => (candidate, distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(n => n.distance <= Math.Max(1, Math.Min(name.Length, n.candidate.Length) / 3)
                || n.candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.distance).Take(3).Select(n => n.candidate)];
    }

    /// <summary>Single characters to insert, remove, replace or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int same = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
