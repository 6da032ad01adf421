using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Takes the values out of PSCustomObjects by looking up the names that are known. That is several times faster than going through an object's
/// properties, which is done only where its number of properties, or its type's name, says that it can have others.
/// </summary>
internal sealed class NotePropertySource(ColumnMap columns, CellConverter cells) : UntypedSource(columns, cells)
{
    private readonly HashSet<string> _knownTypes = [];
    private string? _lastType;

    protected override object?[] ReadRow(object item, PSObject? wrapper)
    {
        PSObject custom = wrapper!;
        string[] names = Columns.Names;
        object?[] row = new object?[names.Length];
        PSMemberInfoCollection<PSPropertyInfo> properties = custom.Properties;
        int found = 0;
        for (int i = 0; i < names.Length; i++)
        {
            PSPropertyInfo? property = properties[names[i]];
            if (property is null || !property.IsGettable || (Columns.HasTwins && property.Name != names[i]))
            {
                row[i] = RowChunk.Missing;
                continue;
            }

            row[i] = Value(property);
            found += property.IsInstance ? 1 : 0;
        }

        return IsKnownType(custom) && found == ObjectInternals.CountMembers(custom) ? row : Complete(row, properties);
    }

    /// <summary>Types can bring properties too (Update-TypeData), so the first object of each type is gone through.</summary>
    private bool IsKnownType(PSObject custom)
    {
        string? type = ObjectInternals.TypeNames(custom);
        if (type is null || type == _lastType)
        {
            return type is not null;
        }

        // what was serialized keeps its properties where they cannot be counted
        if (_knownTypes.Add(type) || type.StartsWith("Deserialized.", StringComparison.Ordinal))
        {
            return false;
        }

        _lastType = type;
        return true;
    }
}
