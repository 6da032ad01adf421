namespace DbConductor.Tests.Joins;

/// <summary>The plainest join there is: every left row with every right one, and a comparison in words of its own.</summary>
internal static class NestedLoop
{
    /// <summary>Rows as text: the left row's values, then the right one's.</summary>
    internal static List<string> Join(object?[][] left, object?[][] right, (int Left, int Right)[] on, JoinType type, int leftWidth, int rightWidth)
    {
        List<string> found = [];
        HashSet<int> matchedRight = [];
        foreach (object?[] l in left)
        {
            bool matched = false;
            for (int r = 0; r < right.Length; r++)
            {
                if (on.All(k => Same(l[k.Left], right[r][k.Right])))
                {
                    matched = true;
                    matchedRight.Add(r);
                    if (type is JoinType.Inner or JoinType.Left or JoinType.Right or JoinType.Full)
                    {
                        found.Add(Show([.. l, .. right[r]]));
                    }
                }
            }

            if (type == JoinType.Semi ? matched : type == JoinType.Anti && !matched)
            {
                found.Add(Show(l));
            }
            else if (type is JoinType.Left or JoinType.Full && !matched)
            {
                found.Add(Show([.. l, .. new object?[rightWidth]]));
            }
        }

        if (type is JoinType.Right or JoinType.Full)
        {
            found.AddRange(right.Where((_, r) => !matchedRight.Contains(r)).Select(r => Show([.. new object?[leftWidth], .. r])));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    internal static string Show(IEnumerable<object?> row) => string.Join(" | ", row.Select(v => v is null ? "null" : FormattableString.Invariant($"{v.GetType().Name} {v}")));

    private static bool Same(object? a, object? b) => (a, b) switch
    {
        (null, _) or (_, null) => false,
        (string x, string y) => string.CompareOrdinal(x, y) == 0,
        (double or float, double or float) => Float(a).Equals(Float(b)) || Float(a) == Float(b),
        (double or float, decimal d) => Mixed(Float(a), d),
        (decimal d, double or float) => Mixed(Float(b), d),
        (double or float, _) => Mixed(Float(a), Exact(b)),
        (_, double or float) => Mixed(Float(b), Exact(a)),
        _ => Exact(a) == Exact(b),
    };

    private static double Float(object value) => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);

    private static decimal Exact(object value) => Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Mixed(double x, decimal y) =>
        decimal.Truncate(y) == y && Math.Abs(y) < 1e18m
            ? Math.Abs(x) < 1e18 && Math.Truncate(x) == x && (decimal)(long)x == y
            : x == double.Parse(y.ToString(System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
