using System.Data;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the fields out of the rows of data readers. What types they name binds them to nothing: SQLite's give each row its own.</summary>
internal sealed class RecordSource(ColumnMap columns, CellConverter cells) : UntypedSource(columns, cells)
{
    private string[] _names = [];
    private int[] _places = [];

    protected override object?[] ReadRow(object item, PSObject? wrapper)
    {
        IDataRecord record = (IDataRecord)item;
        int count = record.FieldCount;
        bool isKnown = count == _names.Length;
        for (int i = 0; i < count && isKnown; i++)
        {
            isKnown = record.GetName(i) == _names[i];
        }

        if (!isKnown)
        {
            _names = [.. Enumerable.Range(0, count).Select(record.GetName)];
            _places = Columns.Place(PropertyNames.Distinct(_names, StringComparer.Ordinal));
        }

        RowReader? document = item as RowReader;
        object?[] row = NewRow();
        for (int i = 0; i < count; i++)
        {
            if (document?.IsMissing(i) != true)
            {
                row[_places[i]] = record.IsDBNull(i) ? null : Cells.Convert(record.GetValue(i), _names[i]);
            }
        }

        return row;
    }
}
