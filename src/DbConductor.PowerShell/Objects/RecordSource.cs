using System.Data;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the fields out of rows of data tables and of data readers.</summary>
internal sealed class RecordSource(ColumnMap columns, CellConverter cells) : RowSource(columns, cells)
{
    private string[] _names = [];
    private int[] _places = [];

    internal override object?[] Read(object item, PSObject? wrapper) => item switch
    {
        DataRowView view => Read(view.Row),
        DataRow row => Read(row),
        _ => Read((IDataRecord)item),
    };

    private object?[] Read(DataRow item)
    {
        DataColumnCollection fields = item.Table.Columns;
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields.Count != _names.Length || fields[i].ColumnName != _names[i])
            {
                Use([.. fields.Cast<DataColumn>().Select(c => c.ColumnName)]);
            }
        }

        object?[] row = NewRow();
        for (int i = 0; i < _places.Length; i++)
        {
            row[_places[i]] = item.IsNull(i) ? null : Cells.Convert(item[i], _names[i]);
        }

        return row;
    }

    private object?[] Read(IDataRecord item)
    {
        int count = item.FieldCount;
        for (int i = 0; i < count; i++)
        {
            if (count != _names.Length || item.GetName(i) != _names[i])
            {
                Use([.. Enumerable.Range(0, count).Select(item.GetName)]);
            }
        }

        RowReader? document = item as RowReader;
        object?[] row = NewRow();
        for (int i = 0; i < _places.Length; i++)
        {
            if (document?.IsMissing(i) != true)
            {
                row[_places[i]] = item.IsDBNull(i) ? null : Cells.Convert(item.GetValue(i), _names[i]);
            }
        }

        return row;
    }

    private void Use(string[] names)
    {
        _names = names;
        _places = Columns.Place(PropertyNames.Distinct(names, StringComparer.Ordinal));
    }
}
