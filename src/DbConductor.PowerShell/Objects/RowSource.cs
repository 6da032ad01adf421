using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Knows how to take the values out of one kind of object.</summary>
internal abstract class RowSource(ColumnMap columns, CellConverter cells)
{
    protected ColumnMap Columns { get; } = columns;

    protected CellConverter Cells { get; } = cells;

    /// <summary>
    /// The object's values in the order of the columns, and of their types; columns are appended for what is new in it.
    /// </summary>
    /// <param name="item">The object without its wrapper.</param>
    /// <param name="wrapper">PowerShell's wrapper, where it came in one.</param>
    internal abstract object?[] Read(object item, PSObject? wrapper);

    /// <summary>A row that lacks everything.</summary>
    protected object?[] NewRow()
    {
        object?[] row = new object?[Columns.Count];
        Array.Fill(row, RowChunk.Missing);
        return row;
    }

    /// <summary>Whether a property was added to this one object (Add-Member), and is none of its type's.</summary>
    protected static bool IsOwn(PSPropertyInfo property) => property.IsInstance && property.MemberType != PSMemberTypes.Property;

    /// <summary>Adds to a row what the object has beyond it.</summary>
    /// <param name="row">The row so far.</param>
    /// <param name="all">The object's properties.</param>
    protected object?[] Complete(object?[] row, IEnumerable<PSPropertyInfo> all)
    {
        PSPropertyInfo[] properties = all.Where(p => p.IsGettable).ToArray();
        int[] places = Columns.Place(Array.ConvertAll(properties, p => p.Name));
        int known = row.Length;
        if (known < Columns.Count)
        {
            Array.Resize(ref row, Columns.Count);
            Array.Fill(row, RowChunk.Missing, known, row.Length - known);
        }

        for (int i = 0; i < places.Length; i++)
        {
            if (row[places[i]] == RowChunk.Missing)
            {
                row[places[i]] = Value(properties[i]);
            }
        }

        return row;
    }

    /// <summary>Whether values of these types need no conversion to their columns'.</summary>
    protected bool AreColumnTypes(int[] places, PortableType[] types) =>
        !places.Where((place, i) => Columns.Columns[place].Type is { Kind: not PortableKind.Object } type && type != types[i]).Any();

    /// <summary>Converts values that came from another kind of object than the columns' types.</summary>
    protected object?[] Conform(object?[] row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            PortableType type = Columns.Columns[i].Type;
            if (type.Kind == PortableKind.Object || row[i] is not { } value || value == RowChunk.Missing || type.ClrType.IsInstanceOfType(value))
            {
                continue;
            }

            row[i] = ValueConversion.TryConvert(value, type, out object? converted, out ConversionProblem? problem)
                ? converted
                : throw problem!.ToException(Columns.Names[i], Cells.Row);
        }

        return row;
    }

    /// <summary>Reads a property through PowerShell.</summary>
    protected object? Value(PSPropertyInfo property)
    {
        object? value;
        try
        {
            value = property.Value;
        }
        catch (GetValueException error)
        {
            throw Unreadable(property.Name, error.InnerException ?? error);
        }

        return Cells.Convert(value, property.Name);
    }

    protected DbConductorException Unreadable(string property, Exception error) =>
        Cells.Problem(property, $"it cannot be read, its getter failed ({error.GetType().Name})", "Leave it out with Select-Object -ExcludeProperty.", error);
}
