namespace DbConductor;

/// <summary>Which texts stand for null in which column (<see cref="SaveOptions.NullTexts"/>).</summary>
public static class NullTexts
{
    /// <summary>The texts of one column with those that hold for every column; null where there are none.</summary>
    public static IReadOnlySet<string>? For(IReadOnlyDictionary<string, IReadOnlyList<string>> texts, string column)
    {
        ArgumentNullException.ThrowIfNull(texts);
        HashSet<string>? found = null;
        foreach ((string name, IReadOnlyList<string> list) in texts)
        {
            if (name.Length == 0 || string.Equals(name, column, StringComparison.OrdinalIgnoreCase))
            {
                (found ??= new(StringComparer.Ordinal)).UnionWith(list);
            }
        }

        return found;
    }
}
