using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Rows as PSCustomObjects.</summary>
internal sealed class CustomObjectRows(RowReader rows) : RowObjects(rows)
{
    private string[] _names = [];

    internal override void UseColumns(IReadOnlyList<Column> columns) =>
        _names = PropertyNames.Distinct(columns.Select(c => c.Name).ToArray(), StringComparer.OrdinalIgnoreCase);

    internal override object? Make()
    {
        PSObject made = PSObjects.New(_names.Length);
        PSMemberInfoCollection<PSPropertyInfo> properties = made.Properties;
        for (int i = 0; i < _names.Length; i++)
        {
            if (!Rows.IsMissing(i))
            {
                properties.Add(new PSNoteProperty(_names[i], JsonObjects.FromCell(Rows.GetValue(i))), preValidated: true);
            }
        }

        return made;
    }
}
