namespace DbConductor.PowerShell;

/// <summary>The columns of a stream of objects: the union of their properties, in the order in which they were first met.</summary>
internal sealed class ColumnMap
{
    /// <summary>The columns so far; a new list whenever one is added.</summary>
    internal IReadOnlyList<Column> Columns { get; private set; } = [];

    /// <summary>Their names.</summary>
    internal string[] Names { get; private set; } = [];

    /// <summary>The number of columns.</summary>
    internal int Count => Names.Length;

    /// <summary>Whether there are names that differ by case alone, as dictionaries and database columns can.</summary>
    internal bool HasTwins { get; private set; }

    /// <summary>
    /// The columns of an object's fields: the exact spelling first, else the only one left that differs by case alone, else a new column.
    /// </summary>
    /// <param name="names">The object's field names, all different.</param>
    internal int[] Place(IReadOnlyList<string> names)
    {
        int[] places = names.Select(n => Array.IndexOf(Names, n)).ToArray();
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] < 0)
            {
                places[i] = Similar(names[i], places) ?? Add(names[i]);
            }
        }

        return places;
    }

    private int? Similar(string name, int[] taken)
    {
        int? found = null;
        for (int i = 0; i < Names.Length; i++)
        {
            if (string.Equals(Names[i], name, StringComparison.OrdinalIgnoreCase) && !taken.Contains(i))
            {
                if (found is not null)
                {
                    return null;
                }

                found = i;
            }
        }

        return found;
    }

    private int Add(string name)
    {
        HasTwins = HasTwins || Names.Contains(name, StringComparer.OrdinalIgnoreCase);
        Names = [.. Names, name];
        Columns = [.. Columns, new Column(name, new PortableType(PortableKind.Object))];
        return Names.Length - 1;
    }
}
