using System.Data;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the fields out of the rows of DataTables.</summary>
internal sealed class TableSource(ColumnMap columns, CellConverter cells) : RowSource(columns, cells)
{
    private DataTable? _table;
    private int[] _places = [];
    private bool _conforms;

    internal override object?[] Read(object item, PSObject? wrapper)
    {
        DataRow fields = item as DataRow ?? ((DataRowView)item).Row;
        DataColumnCollection known = fields.Table.Columns;
        if (fields.Table != _table || known.Count != _places.Length)
        {
            Use(fields.Table);
        }

        object?[] row = NewRow();
        for (int i = 0; i < _places.Length; i++)
        {
            row[_places[i]] = fields.IsNull(i) ? null : Cells.Convert(fields[i], known[i].ColumnName);
        }

        return _conforms ? row : Conform(row);
    }

    private void Use(DataTable table)
    {
        DataColumn[] fields = [.. table.Columns.Cast<DataColumn>()];
        PortableType[] types = Array.ConvertAll(fields, f => CellConverter.TypeOf(f.DataType));
        _table = table;
        _places = Columns.Place(Array.ConvertAll(fields, f => f.ColumnName), types);
        _conforms = AreColumnTypes(_places, types);
    }
}
