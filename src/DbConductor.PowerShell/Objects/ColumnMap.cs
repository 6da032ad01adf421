namespace DbConductor.PowerShell;

/// <summary>The columns of a stream of objects: the union of their properties, in the order in which they were first met.</summary>
/// <remarks>
/// A column has a type where every object that can have it is of a class, or of a table, that gives it that type; else its values tell. What is
/// known when the first chunk leaves stays: later objects of other kinds have their values converted.
/// </remarks>
internal sealed class ColumnMap
{
    private static readonly PortableType Any = new(PortableKind.Object);

    private bool _isFixed;
    private bool _hasUntyped;

    /// <summary>The columns so far; a new list whenever one changes.</summary>
    internal IReadOnlyList<Column> Columns { get; private set; } = [];

    /// <summary>Their names.</summary>
    internal string[] Names { get; private set; } = [];

    /// <summary>The number of columns.</summary>
    internal int Count => Names.Length;

    /// <summary>Whether there are names that differ by case alone, as dictionaries and database columns can.</summary>
    internal bool HasTwins { get; private set; }

    /// <summary>Keeps the types of the columns as they are now.</summary>
    internal void Fix() => _isFixed = true;

    /// <summary>Tells that there are objects whose values can be of any type.</summary>
    internal void ExpectAny()
    {
        _hasUntyped = true;
        if (!_isFixed)
        {
            Columns = [.. Columns.Select(c => c with { Type = Any })];
        }
    }

    /// <summary>
    /// The columns of an object's fields: the exact spelling first, else the only one left that differs by case alone, else a new column.
    /// </summary>
    /// <param name="names">The object's field names, all different.</param>
    /// <param name="types">The types that all their values have; null where that is not known.</param>
    internal int[] Place(IReadOnlyList<string> names, IReadOnlyList<PortableType>? types = null)
    {
        int[] places = names.Select(n => Array.IndexOf(Names, n)).ToArray();
        for (int i = 0; i < places.Length; i++)
        {
            PortableType type = types?[i] ?? Any;
            if (places[i] < 0)
            {
                places[i] = Similar(names[i], places) ?? Add(names[i], type);
            }

            if (!_isFixed && Columns[places[i]].Type != type)
            {
                int place = places[i];
                Columns = [.. Columns.Select((c, at) => at == place ? c with { Type = Any } : c)];
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

    private int Add(string name, PortableType type)
    {
        HasTwins = HasTwins || Names.Contains(name, StringComparer.OrdinalIgnoreCase);
        Names = [.. Names, name];
        Columns = [.. Columns, new Column(name, _isFixed || _hasUntyped ? Any : type)];
        return Names.Length - 1;
    }
}
